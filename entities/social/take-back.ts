// What unfollowing and blocking do to a timeline after their transactions.
import type { Social } from './index.ts'

/** Takes an author's posts out of a timeline. Timelines hold thirty days, so one is read as a whole, consistently. */
export async function takeBack({ patterns, entities, batchWrite }: Social, userId: string, authorId: string): Promise<void> {
  const entries = await patterns.latestEntries({ userId }).all()
  const unwanted = entries.filter((entry) => entry.authorId === authorId)
  if (unwanted.length > 0) await batchWrite(unwanted.map(({ postId }) => entities.TimelineEntry.delete({ userId, postId })))
}
