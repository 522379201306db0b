// Assertions that the compiler checks: `holds<Equal<A, B>>()` compiles when both types are the same.

export type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false

export function holds<_T extends true>(): void {}
