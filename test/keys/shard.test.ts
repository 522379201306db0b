// The rules by which shards are told, against the vectors that docs/sharding.md publishes and against another implementation.
import { readFileSync } from 'node:fs'
import * as zlib from 'node:zlib'
import { expect } from 'chai'
import fc from 'fast-check'
import { crc32 } from '../../lib/keys/crc32.ts'
import { hashShard, moduloShard, randomShard } from '../../lib/keys/shard.ts'
import { propertyRuns } from '../property-runs.ts'

const guide = readFileSync(new URL('../../docs/sharding.md', import.meta.url), 'utf8')
const counts = [4, 10, 16, 64, 1000]

/** The rows below a heading of the guide, as the texts of their cells. */
function rowsOf(heading: string): string[][] {
  const [, below = ''] = guide.split(`| ${heading} |`)
  return [...(below.split('\n\n', 1)[0] ?? '').matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) => row.split(' | ')).slice(1)
}

describe('the shard', () => {
  it('of a text is what the guide publishes', () => {
    const rows = rowsOf('text')
    expect(rows).to.have.length.above(8)
    for (const [cell = '', crc, ...shards] of rows) {
      const text = cell.slice(1, -1).replace('\\u0000', '\u0000')
      expect(crc32(Buffer.from(text)), cell).to.equal(Number(crc))
      expect(zlib.crc32(text), cell).to.equal(Number(crc))
      expect(
        counts.map((count) => hashShard(text, count)),
        cell,
      ).to.deep.equal(shards.map(Number))
    }
  })

  it('of a whole number is what the guide publishes', () => {
    const rows = rowsOf('number')
    expect(rows).to.have.length.above(4)
    for (const [number = '', ...shards] of rows)
      expect(
        counts.map((count) => moduloShard(BigInt(number), count)),
        number,
      ).to.deep.equal(shards.map(Number))
  })

  it('of any text is that of zlib', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 1, max: 1000 }), (text, count) => {
        expect(hashShard(text, count)).to.equal(zlib.crc32(Buffer.from(text)) % count)
      }),
      { numRuns: propertyRuns },
    )
  })

  it('of a whole number is one of them, and goes on with the next number', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 38n), 10n ** 38n), fc.integer({ min: 1, max: 1000 }), (number, count) => {
        const shard = moduloShard(number, count)
        expect(shard).to.be.within(0, count - 1)
        expect((number - BigInt(shard)) % BigInt(count)).to.equal(0n)
        expect(moduloShard(number + 1n, count)).to.equal((shard + 1) % count)
      }),
      { numRuns: propertyRuns },
    )
  })

  it('of chance is one of them, each for an equal part of the numbers', () => {
    expect([0, 0.24999, 0.25, 0.5, 0.75, 0.9999999999999999, 1].map((chance) => randomShard(chance, 4))).to.deep.equal([
      0, 0, 1, 2, 3, 3, 3,
    ])
  })
})
