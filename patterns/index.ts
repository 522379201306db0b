// The design patterns: what `singlet/patterns` exports. Each is a file of its own beside this one.
export { acquireLease, type HeldLease, type LeaseEntity, type LeaseRequest, lease, releaseLease, renewLease } from './lease.ts'
