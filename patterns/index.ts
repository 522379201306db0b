// The design patterns: what `singlet/patterns` exports. Each is a file of its own beside this one.
export {}
