// How often posts are seen.
import { shardedCounter } from '../../patterns/index.ts'

/**
 * Views are more than all other writes together, and nobody needs to know whose they were: a counter without anything that it counts, on which
 * every application server adds what it has gathered in some seconds.
 *
 * @example
 * await incrementCounter(views, network, { counter: postId, by: 250 })
 */
export const views = shardedCounter({ name: 'Views', shards: 10 })
