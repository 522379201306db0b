// Two implementations of one checksum: where Node.js has no crc32 of its own, files and answers carry the same numbers.
import { expect } from 'chai'
import fc from 'fast-check'
import { crc32 as portable } from '../../lib/keys/crc32.ts'
import { crc32 } from '../../lib/local/crc32.ts'
import { propertyRuns } from '../property-runs.ts'

describe('the checksum of answers and files', () => {
  it('is the CRC-32 of keys, of any bytes and of any text in UTF-8', () => {
    expect([crc32('123456789'), portable(Buffer.from('123456789'))]).to.deep.equal([0xcbf43926, 0xcbf43926])
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 })), (data) => {
        expect(crc32(data)).to.equal(portable(Buffer.from(data)))
      }),
      { numRuns: propertyRuns },
    )
  })
})
