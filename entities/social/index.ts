// The social network as one model: table, entities, and every question that the application asks.
import { type Connected, defineModel } from '../../lib/index.ts'
import { commentPatterns } from './access/comments.ts'
import { messagePatterns } from './access/messages.ts'
import { postPatterns } from './access/posts.ts'
import { relationPatterns } from './access/relations.ts'
import { timelinePatterns } from './access/timelines.ts'
import { userPatterns } from './access/users.ts'
import { Comment } from './comment.ts'
import { Like } from './like.ts'
import { Conversation, Message } from './message.ts'
import { Notification } from './notification.ts'
import { HashtagPost, Post, PostCount } from './post.ts'
import { Block, Follow } from './relation.ts'
import { table } from './table.ts'
import { deliveries, TimelineEntry } from './timeline.ts'
import { trends } from './trend.ts'
import { User, UserCount } from './user.ts'
import { views } from './views.ts'

/**
 * A social network in a single table.
 *
 * @example
 * const network = connect(social, { client: new DynamoDBClient({}) })
 * await network.patterns.follow({ followerId, followeeId })
 */
export const social = defineModel({
  table,
  entities: {
    User,
    UserCount,
    Follow,
    Block,
    Post,
    PostCount,
    HashtagPost,
    Like,
    Comment,
    TimelineEntry,
    ...deliveries.entities,
    Message,
    Conversation,
    Notification,
    ...trends.entities,
    ...views.entities,
  },
  accessPatterns: {
    ...userPatterns,
    ...relationPatterns,
    ...postPatterns,
    ...commentPatterns,
    ...timelinePatterns,
    ...messagePatterns,
  },
})

/** The model, connected. */
export type Social = Connected<typeof social.entities, typeof social.accessPatterns>
