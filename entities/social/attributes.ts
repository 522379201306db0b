// Attributes that several entities declare alike, with examples that fit together: Ada, whom Ben follows, shows the lake, and Ben likes it.
import { list, number, string, ulid } from '../../lib/index.ts'

/** The identifiers in the examples. The time in each ULID is that of the thing's creation. */
export const exampleIds = Object.freeze({
  ada: '01NJMC582G9DD3ZN1KJ9ANVE9G',
  ben: '01P8Q2M4T0W7H5X3RZK9DJF6BN',
  post: '01Q92N9MZ0CJQP3X7ZDYFN4AJG',
  comment: '01Q92NC8YGSWFVQA020Z687WC2',
  message: '01Q937YTB0G79NT0D19KSS8TAB',
  notification: '01Q92N9N80T5A1B7C3D9E6F2GH',
})

export const userReference = () => ulid({ generate: false }).example(exampleIds.ada)
export const otherUserReference = () => ulid({ generate: false }).example(exampleIds.ben)
export const postReference = () => ulid({ generate: false }).describe('The post it belongs to').example(exampleIds.post)

/** What people type: `#lake-zurich`, without the sign, in lower case so that it is one tag however it is written. */
export const hashtag = () =>
  string({ min: 1, max: 40, pattern: /^[\p{L}\p{N}_-]+$/u })
    .check((tag) => tag === tag.toLowerCase() || 'must be in lower case, for it is looked up by key')
    .example('lake')

export const maxHashtags = 10

/** All of a post, with nothing in place of those that are left out. */
export const allHashtags = () =>
  list(hashtag(), { max: maxHashtags })
    .check((tags) => new Set(tags).size === tags.length || 'has a tag twice')
    .describe('Those in the text, each once')
    .example(['lake'])

export const hashtags = () => allHashtags().default(() => [])

export const count = () => number({ min: 0, integer: true }).default(0)

/** Times are in the identifiers of posts, so that a list sorted by them is sorted by time. */
export const day = 86_400_000
