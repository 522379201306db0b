// What other layers ask of attributes and items: key types, stored types, sizes, the nearest name.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import { z } from 'zod'
import type { Attribute } from '../../lib/schema/attribute.ts'
import { binarySet, list, map, numberSet, record, stringSet, union } from '../../lib/schema/collections.ts'
import { attributeDefinition } from '../../lib/schema/definitions.ts'
import { ulid, uuid } from '../../lib/schema/identifiers.ts'
import { itemSizeBytes } from '../../lib/schema/item-size.ts'
import { keyTypeOf, storedTypeOf } from '../../lib/schema/key-type.ts'
import { nearestName } from '../../lib/schema/nearest-name.ts'
import { any, bigint, binary, boolean, decimal, json, literal, number, oneOf, string } from '../../lib/schema/scalars.ts'
import { createdAt, datetime, expiresAt, updatedAt, version } from '../../lib/schema/times.ts'
import { propertyRuns } from '../property-runs.ts'

const types: [string, Attribute | z.ZodType, unknown, string | undefined][] = [
  ['string', string({ min: 1, max: 9 }), { kind: 'text' }, 'S'],
  ['ulid', ulid(), { kind: 'text', width: 26 }, 'S'],
  ['uuid', uuid(), { kind: 'text', width: 36 }, 'S'],
  ['oneOf', oneOf('a', 'b'), { kind: 'text', values: ['a', 'b'] }, 'S'],
  ['oneOf of numbers', oneOf(1, 2), { kind: 'number' }, 'N'],
  ['literal', literal('a'), { kind: 'text', values: ['a'] }, 'S'],
  ['literal number', literal(1), { kind: 'number' }, 'N'],
  ['literal boolean', literal(false), { kind: 'boolean' }, 'BOOL'],
  ['number', number(), { kind: 'number' }, 'N'],
  ['number with bounds', number({ min: 0, max: 9, integer: true }), { kind: 'number', min: 0, max: 9, integer: true }, 'N'],
  ['bigint', bigint({ min: 0n }), { kind: 'bigint', min: 0n }, 'N'],
  ['decimal', decimal({ max: '9.50' }), { kind: 'decimal', max: '9.5' }, 'N'],
  ['version', version(), { kind: 'number', min: 0, max: Number.MAX_SAFE_INTEGER, integer: true }, 'N'],
  ['datetime', datetime(), { kind: 'datetime' }, 'S'],
  ['createdAt', createdAt(), { kind: 'datetime' }, 'S'],
  ['updatedAt', updatedAt(), { kind: 'datetime' }, 'S'],
  ['expiresAt', expiresAt(), { kind: 'epochSeconds' }, 'N'],
  ['boolean', boolean(), { kind: 'boolean' }, 'BOOL'],
  ['binary', binary(), { kind: 'binary' }, 'B'],
  ['json', json(), undefined, 'S'],
  ['list', list(string()), undefined, 'L'],
  ['map', map({}), undefined, 'M'],
  ['record', record(string()), undefined, 'M'],
  ['stringSet', stringSet(), undefined, 'SS'],
  ['numberSet', numberSet(), undefined, 'NS'],
  ['binarySet', binarySet(), undefined, 'BS'],
  ['any', any(), undefined, undefined],
  ['union of one stored type', union(string(), ulid({ generate: false })), undefined, 'S'],
  ['union of several', union(string(), number()), undefined, undefined],
  ['a schema', z.string(), undefined, undefined],
]

describe('an attribute in keys and in the table', () => {
  for (const [name, attribute, keyType, storedType] of types) {
    it(name, () => {
      const definition = attributeDefinition(attribute)
      expect(keyTypeOf(definition)).to.deep.equal(keyType)
      expect(storedTypeOf(definition)).to.equal(storedType)
    })
  }
})

describe('itemSizeBytes', () => {
  const sizes: [AttributeValue, number][] = [
    [{ S: '' }, 0],
    [{ S: 'aé€😀' }, 10],
    [{ B: new Uint8Array(5) }, 5],
    [{ BOOL: true }, 1],
    [{ NULL: true }, 1],
    [{ N: '0' }, 1],
    [{ N: '7' }, 2],
    [{ N: '27' }, 2],
    [{ N: '-27' }, 3],
    [{ N: '127' }, 3],
    [{ N: '1000000' }, 2],
    [{ N: '1.5' }, 3],
    [{ N: '0.25' }, 2],
    [{ N: '9'.repeat(38) }, 20],
    [{ L: [] }, 3],
    [{ M: {} }, 3],
    [{ L: [{ S: 'ab' }, { BOOL: true }] }, 3 + 2 + 2 + 1],
    [{ M: { key: { S: 'ab' } } }, 3 + 1 + 3 + 2],
    [{ SS: ['a', 'bc'] }, 3],
    [{ NS: ['1', '-1'] }, 5],
    [{ BS: [new Uint8Array(3)] }, 3],
  ]
  for (const [value, size] of sizes) {
    it(`${JSON.stringify(value)} has ${size}, and its name on top`, () => {
      expect(itemSizeBytes({ ü: value })).to.equal(2 + size)
    })
  }
})

describe('nearestName', () => {
  const names = ['status', 'total', 'orderId', 'userId', 'placedAt']
  const cases: [string, string | undefined][] = [
    ['stauts', 'status'],
    ['statu', 'status'],
    ['statuss', 'status'],
    ['STATUS', 'status'],
    ['orderID', 'orderId'],
    ['order_id', 'orderId'],
    ['placeAt', 'placedAt'],
    ['colour', undefined],
    ['x', undefined],
    ['', undefined],
  ]
  for (const [wrong, expected] of cases) {
    it(`${JSON.stringify(wrong)} is ${expected ?? 'none of them'}`, () => {
      expect(nearestName(wrong, names)).to.equal(expected)
    })
  }

  it('finds a name with any one letter missing, doubled or swapped with the next', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.constantFrom('missing', 'doubled', 'swapped'), (name, at, change) => {
        const index = at % (name.length - 1)
        const [start, letter, next, end] = [
          name.slice(0, index),
          name.charAt(index),
          name.charAt(index + 1),
          name.slice(index + 2),
        ]
        const wrong = {
          missing: start + next + end,
          doubled: start + letter + letter + next + end,
          swapped: start + next + letter + end,
        }
        expect(nearestName(wrong[change], names)).to.equal(name)
      }),
      { numRuns: propertyRuns },
    )
  })
})
