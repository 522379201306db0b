// The entry point `singlet/local`: an embedded DynamoDB for tests.

export type { EngineClock } from './clock.ts'
export { type LocalEngine, type LocalOptions, startLocal } from './engine.ts'
