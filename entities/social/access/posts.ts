// What is asked about posts and who likes them, and how they come and go.
import { add, datetime, get, itemCollection, list, many, one, query, transaction, ulid } from '../../../lib/index.ts'
import { allHashtags, exampleIds, hashtags, otherUserReference, postReference, userReference } from '../attributes.ts'
import { slotOf } from '../counter-slot.ts'
import { isOfTime } from '../device-time.ts'
import { Like } from '../like.ts'
import { HashtagPost, Post, PostCount, removalExpiry } from '../post.ts'
import { Block, Follow } from '../relation.ts'
import { deliveries, entryExpiry, TimelineEntry } from '../timeline.ts'
import { boardOf, trends } from '../trend.ts'
import { fanOut, User, UserCount } from '../user.ts'
import { views } from '../views.ts'

const { Delivery } = deliveries.entities
const { Trend } = trends.entities
const { text, images } = Post.attributes
/** Two actions each, beside up to fifteen others, of the 100 that a transaction has. */
const maxFirstReaders = 25

const given = { userId: otherUserReference().describe('Who likes it'), postId: postReference() }

export const postPatterns = {
  postById: get(Post).describe('The posts of a page of a timeline, in batches').rate({ perSecond: 6_000 }),

  postPage: itemCollection({ counts: many(PostCount), post: one(Post) })
    .describe('A post with all parts of its counts; total() adds them up')
    .rate({ perSecond: 250 }),

  postsOfUser: query(Post)
    .index('GSI1')
    .descending()
    .describe('A user’s posts, newest first: on the profile, and in timelines when the author’s posts are read and not delivered')
    .rate({ perSecond: 700 }),

  postsWithTag: query(HashtagPost)
    .descending()
    .describe('Posts with a hashtag in a period, newest first; one query for each month')
    .rate({ perSecond: 40 }),

  likedPosts: query(Like)
    .descending()
    .describe('What a user likes, newest post first; posts that were removed are left out where they are shown')
    .rate({ perSecond: 10 }),

  likersOfPost: query(Like).index('GSI1').descending().describe('Who likes a post, newest first').rate({ perSecond: 15 }),

  isLiked: get(Like).describe('The hearts on a page of posts, in batches').rate({ perSecond: 6_000 }),

  shardsOfViews: views.accessPatterns.shardsOfViews
    .describe('How often a post was seen, in parts; readCounter() adds them up')
    .rate({ perSecond: 50 }),

  /**
   * The author sees the post in the own timeline at once, and so do the first readers: followers who are online, say, or friends.
   * All others get it by the delivery. Each first reader must be a follower; ask again without those who are not, whom the
   * refusal names.
   *
   * The author's own item is checked, for which way posts reach followers, and for the account: nobody but the author meets
   * there.
   */
  publish: transaction(
    { User, Post, HashtagPost, UserCount, TimelineEntry, Follow, Delivery },
    {
      postId: ulid().describe('Made by the author’s device, so that what it sends twice is there once').example(exampleIds.post),
      authorId: userReference().describe('Who writes it'),
      text,
      hashtags: hashtags(),
      images,
      postedAt: datetime()
        .default('now')
        .describe('As in the identifier, to ten minutes; that it is no other time than now is the application’s to check')
        .example(new Date('2030-03-12T09:41:07Z')),
      fanOut: fanOut().describe('As it stands with the author').example('write'),
      firstReaders: list(ulid({ generate: false }), { max: maxFirstReaders })
        .default(() => [])
        .check((readers) => new Set(readers).size === readers.length || 'has a reader twice')
        .describe('Followers who have it at once, each once')
        .example([exampleIds.ben]),
    },
    ({ fanOut, firstReaders, ...post }, writes) => {
      const { User, Post, HashtagPost, UserCount, TimelineEntry, Follow, Delivery } = writes
      const { postId, authorId, postedAt } = post
      const entry = { postId, authorId, expiresAt: entryExpiry(postedAt) }
      return [
        Post.create(post),
        User.conditionCheck({ userId: authorId }, { fanOut, status: 'active' }),
        ...post.hashtags.map((tag) => HashtagPost.create({ tag, postedAt, postId, authorId })),
        UserCount.update({ userId: authorId, slot: slotOf(authorId) }, { posts: add(1) }, { upsert: true }),
        TimelineEntry.create({ ...entry, userId: authorId }),
        ...firstReaders.flatMap((userId) => [
          TimelineEntry.create({ ...entry, userId }),
          Follow.conditionCheck({ followerId: userId, followeeId: authorId }, { followerId: { exists: true } }),
        ]),
        ...(fanOut !== 'read' ? [Delivery.create({ jobId: postId, dueAt: postedAt, payload: { authorId } })] : []),
      ]
    },
  )
    .check(({ postId, postedAt }) => isOfTime(postId, postedAt) || 'postId: its time is not that of postedAt.')
    .check(({ authorId, firstReaders }) => !firstReaders.includes(authorId) || 'firstReaders: has the author, who has it anyway.')
    .describe(
      'A new post: in the lists of its hashtags, in the first timelines, counted, and on its way to all other followers. Refused when the account is closed',
    )
    .rate({ perSecond: 15 }),

  /**
   * Timelines are left alone: they show what is there. The hashtags are all that the post has, in its order: the lists that a
   * forgotten one is in would keep the post for ever, and so others than those of the post are refused.
   */
  removePost: transaction(
    { Post, HashtagPost, UserCount, Trend },
    {
      postId: postReference(),
      authorId: userReference().describe('Who wrote it'),
      hashtags: allHashtags().describe('As in the post, all of them'),
      postedAt: datetime().describe('As in the post').example(new Date('2030-03-12T09:41:07Z')),
      deletedAt: datetime().default('now').example(new Date('2030-03-13T10:00:00Z')),
    },
    ({ postId, authorId, hashtags, postedAt, deletedAt }, { Post, HashtagPost, UserCount, Trend }) => [
      Post.update(
        { postId },
        { deletedAt, expiresAt: removalExpiry(deletedAt) },
        { if: { authorId, postedAt, hashtags: { eq: hashtags }, deletedAt: { exists: false } } },
      ),
      ...hashtags.map((tag) => HashtagPost.delete({ tag, postedAt, postId })),
      Trend.delete({ player: postId, board: boardOf('posts', postedAt) }),
      UserCount.update({ userId: authorId, slot: slotOf(authorId) }, { posts: add(-1) }),
    ],
  )
    .describe(
      'The author removes a post: it leaves the profile, the lists of its hashtags and the trending board, and is counted no more. Refused when it was removed before, and when its hashtags are others',
    )
    .rate({ perSecond: 0.5 }),

  /**
   * That the post exists, and who wrote it, is not checked, for the reason that `follow` has: it would be one item that all who
   * like it meet at. So the block holds as far as the application takes the author from the post. They still meet at the slots of
   * the count, which take some 400 likes a second.
   */
  like: transaction(
    { Like, PostCount, Block },
    {
      ...given,
      authorId: userReference().describe(
        'Who wrote the post, as the application has read it, and not as a device says: it is not checked',
      ),
    },
    ({ authorId, ...like }, { Like, PostCount, Block }) => [
      Like.create(like),
      PostCount.update({ postId: like.postId, slot: slotOf(like.userId) }, { likes: add(1) }, { upsert: true }),
      Block.conditionCheck({ blockerId: authorId, blockedId: like.userId }, { blockerId: { exists: false } }),
    ],
  )
    .describe(
      'Like, and its count. Refused when the user likes it already, and when the author has blocked the user. One post takes some 400 likes a second',
    )
    .rate({ perSecond: 80 }),

  unlike: transaction({ Like, PostCount }, given, (like, { Like, PostCount }) => [
    Like.delete(like, { if: { userId: { exists: true } } }),
    PostCount.update({ postId: like.postId, slot: slotOf(like.userId) }, { likes: add(-1) }),
  ])
    .describe('Takes a like back, and off the count. Refused when there is none')
    .rate({ perSecond: 5 }),
}
