// Chance, seeded: the same seed gives the same data set, wherever and whenever it is made.
import { base, de_CH, en, Faker } from '@faker-js/faker'

/** The moment at which the data set was taken. In the future, so that what is in it has not expired yet. */
export const datasetNow: Readonly<Date> = new Date('2030-03-15T12:00:00Z')

export const hour = 3_600_000
export const day = 24 * hour

/** The choices that data are made of. Every call moves the sequence on. */
export interface Random {
  readonly faker: Faker
  int(min: number, max: number): number
  /** True with the given probability. */
  chance(probability: number): boolean
  pick<V>(values: readonly V[]): V
  /** Between `min` and `max` different ones of the values. */
  some<V>(values: readonly V[], min: number, max: number): V[]
  /** A moment, to the millisecond, at least `least` and at most `most` milliseconds before `end`. */
  before(end: Readonly<Date>, least: number, most: number): Date
  /** A new identifier of something that was created then. */
  ulid(createdAt: Readonly<Date>): string
}

export function createRandom(seed: number): Random {
  const faker = new Faker({ locale: [de_CH, en, base], seed })
  const int = (min: number, max: number) => faker.number.int({ min, max })
  return Object.freeze({
    faker,
    int,
    chance: (probability: number) => faker.number.float() < probability,
    pick: <V>(values: readonly V[]) => faker.helpers.arrayElement(values),
    some: <V>(values: readonly V[], min: number, max: number) => faker.helpers.arrayElements(values, { min, max }),
    before: (end: Readonly<Date>, least: number, most: number) => new Date(end.getTime() - int(least, most)),
    ulid: (createdAt: Readonly<Date>) => faker.string.ulid({ refDate: new Date(createdAt.getTime()) }),
  })
}

/** A moment so many milliseconds later, or earlier. */
export function shifted(at: Readonly<Date>, milliseconds: number): Date {
  return new Date(at.getTime() + milliseconds)
}

/** The UTC day, such as `2030-03-12`. */
export function dayOf(at: Readonly<Date>): string {
  return at.toISOString().slice(0, 10)
}
