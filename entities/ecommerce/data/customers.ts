// The people: customers with their address books and sessions.
import { datasetNow, day, hour, type Random, shifted } from '../../demo/random.ts'
import type { Address, Customer } from '../customer.ts'
import type { Session } from '../session.ts'
import type { Row, Rows } from './row.ts'
import { addressLabels, departments, devices, places } from './vocabulary.ts'

/** Customers with one to three addresses each, and a session or more for every other one; some sessions have expired. */
export function makeCustomers(random: Random, count: number): Rows<'Customer' | 'Address' | 'Session'> {
  const customers = Array.from({ length: count }, (_, index) => customer(random, index))
  return {
    Customer: customers,
    Address: customers.flatMap((one) => addresses(random, one)),
    Session: customers.flatMap((one) =>
      Array.from({ length: random.pick([0, 0, 1, 1, 3]) }, () => session(random, one.customerId)),
    ),
  }
}

function customer(random: Random, index: number): Row<typeof Customer> {
  const { faker } = random
  const [first, last] = [faker.person.firstName(), faker.person.lastName()]
  const email = `${ascii(first)}.${ascii(last)}.${index + 1}@example.com`
  return {
    customerId: random.ulid(random.before(datasetNow, 5 * day, 1_100 * day)),
    email,
    name: `${first} ${last}`,
    ...(random.chance(0.7) && { phone: `+4179${random.int(1_000_000, 9_999_999)}` }),
    passwordHash: `argon2id$${faker.string.alphanumeric(22)}`,
    tier: random.pick(['standard', 'standard', 'standard', 'silver', 'silver', 'gold']),
    interests: new Set(random.some(departments, 0, departments.length)),
    preferences: {
      language: random.pick(['de', 'de', 'en', 'fr']),
      newsletter: random.chance(0.4),
      ...(random.chance(0.5) && { theme: random.pick(['light', 'dark']) }),
    },
  }
}

/** The letters of a name that every mail server takes. */
function ascii(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase()
}

function addresses(random: Random, { customerId, name }: Row<typeof Customer>): Row<typeof Address>[] {
  return random.some(addressLabels, 1, 3).map((label) => ({
    customerId,
    addressId: random.ulid(random.before(datasetNow, day, 900 * day)),
    label,
    postal: {
      recipient: name,
      lines: [`${random.faker.location.street()} ${random.int(1, 120)}`, ...(random.chance(0.1) ? ['2. Stock'] : [])],
      ...random.pick(places),
    },
    ...(random.chance(0.2) && { instructions: random.pick(['Ring twice', 'Leave it in the garage', 'Third floor']) }),
  }))
}

function session(random: Random, customerId: string): Row<typeof Session> {
  const startedAt = random.before(datasetNow, hour, 40 * day)
  // Whole seconds, as the table keeps times of expiry.
  const expiresAt = new Date(Math.floor(shifted(startedAt, 30 * day).getTime() / 1000) * 1000)
  return {
    sessionId: random.faker.string.uuid(),
    customerId,
    device: random.pick(devices),
    ipAddress: random.faker.internet.ipv4({ network: 'test-net-2' }),
    startedAt,
    expiresAt,
  }
}
