// Messages: what both inboxes show of a conversation, in whatever order its messages arrive, and when they are removed.
import { expect } from 'chai'
import type { Social } from '../../entities/social/index.ts'
import { conversationOf, readUpTo } from '../../entities/social/message.ts'
import { removeMessage, sendMessage } from '../../entities/social/messaging.ts'
import { ValidationError } from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { expectRefused, numbered, refusal, start, userId, watchedNetwork } from './social-network.ts'

const [ada, ben, cleo] = [userId(0), userId(1), userId(2)]

describe('social messages', () => {
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  const network = (users = 3) => watchedNetwork(engine.client(), { tableName: `messages-${tables++}`, users })

  it('a message is at the head of both inboxes, unread in one, until it is read', async () => {
    const { patterns, entities } = await network()
    const send = (n: number, from: string, to: string) =>
      patterns.sendMessage({ from, to, messageId: numbered(n), text: `Message ${n}`, sentAt: new Date(start.getTime() + n) })
    await send(1, ben, ada)
    await send(2, ben, ada)
    await send(3, cleo, ada)
    expect((await patterns.inbox({ userId: ada }).all()).map(({ peerId, unread }) => [peerId, unread])).to.deep.equal([
      [cleo, 1],
      [ben, 2],
    ])
    expect((await patterns.inbox({ userId: ben }).all()).map(({ unread, preview }) => [unread, preview])).to.deep.equal([
      [0, 'Message 2'],
    ])
    expect(await patterns.unreadConversations({ userId: ada }).all()).to.have.length(2)
    const seen = await patterns.conversation({ userId: ada, peerId: ben })
    if (seen !== undefined) await entities.Conversation.update(...readUpTo(seen))
    expect((await patterns.unreadConversations({ userId: ada }).all()).map(({ peerId }) => peerId)).to.deep.equal([cleo])
    const messages = await patterns.messages({ conversationId: conversationOf(ada, ben) }).all()
    expect(messages.map(({ text }) => text)).to.deep.equal(['Message 2', 'Message 1'])
  })

  it('what is read while a message comes does not hide the message, be it the last or a late one', async () => {
    const { patterns, entities, ...one } = await network()
    const send = (n: number) =>
      sendMessage({ patterns, entities, ...one }, { from: ben, to: ada, messageId: numbered(n), text: `${n}`, sentAt: start })
    const read = async () => {
      const seen = await patterns.conversation({ userId: ada, peerId: ben })
      if (seen === undefined) throw new Error('There is no conversation.')
      return { mark: () => entities.Conversation.update(...readUpTo(seen)) }
    }
    await send(5)
    for (const [n, unread] of [
      [7, 2],
      [6, 1],
      [4, 1],
    ] as const) {
      const before = await read()
      await send(n)
      expect((await refusal(before.mark()))?.code).to.equal('ConditionFailed')
      expect((await patterns.unreadConversations({ userId: ada }).all()).map((one) => one.unread)).to.deep.equal([unread])
      await (await read()).mark()
      expect(await patterns.unreadConversations({ userId: ada }).all()).to.deep.equal([])
    }
  })

  it('a late message is unread and in its place, and rewinds neither inbox', async () => {
    const one = await network()
    const { patterns } = one
    const message = (n: number, from = ben, to = ada) => ({
      from,
      to,
      messageId: numbered(n),
      text: `Message ${n}`,
      sentAt: new Date(start.getTime() + n),
    })
    await sendMessage(one, message(3))
    await expectRefused(one, patterns.sendMessage(message(2)), 'gone')
    await sendMessage(one, message(2))
    await sendMessage(one, message(1, ada, ben))
    await expectRefused(one, sendMessage(one, message(2)), 'repeated')
    for (const userId of [ada, ben])
      expect(
        (await patterns.inbox({ userId }).all()).map(({ lastMessageId, lastMessageAt, preview }) => [
          lastMessageId,
          lastMessageAt,
          preview,
        ]),
      ).to.deep.equal([[numbered(3), new Date(start.getTime() + 3), 'Message 3']])
    const unread = await patterns.unreadConversations({ userId: ada }).all()
    expect(unread.map(({ unread, unreadAt }) => [unread, unreadAt])).to.deep.equal([[2, new Date(start.getTime() + 3)]])
    expect((await patterns.messages({ conversationId: conversationOf(ada, ben) }).all()).map(({ text }) => text)).to.deep.equal([
      'Message 3',
      'Message 2',
      'Message 1',
    ])
  })

  it('is sent as late for no other reason than a later message', async () => {
    const one = await network()
    const message = { from: ben, to: ada, messageId: numbered(1), text: 'x', sentAt: start }
    await sendMessage(one, message)
    const sendLateMessage = () => {
      throw new Error('It was sent as late.')
    }
    const once = { ...one, patterns: { ...one.patterns, sendLateMessage } } as unknown as Social
    await expectRefused(one, sendMessage(once, message), 'repeated')
    await one.patterns.block({ blockerId: ada, blockedId: ben, follows: false, isFollowed: false })
    await expectRefused(one, sendMessage(once, { ...message, messageId: numbered(0) }), 'blocked')
  })

  it('two devices that send at once leave the later message at the head of both inboxes', async () => {
    const one = await network()
    const numbers = [4, 1, 3, 2]
    await Promise.all(
      numbers.map((n) =>
        sendMessage(one, {
          ...(n % 2 ? { from: ada, to: ben } : { from: ben, to: ada }),
          messageId: numbered(n),
          text: `${n}`,
          sentAt: start,
        }),
      ),
    )
    for (const userId of [ada, ben])
      expect((await one.patterns.inbox({ userId }).all()).map(({ preview, unread }) => [preview, unread])).to.deep.equal([
        ['4', 2],
      ])
  })

  it('what a message begins with is cut between characters, whatever they are made of', async () => {
    const { patterns } = await network()
    const cases: [string, string][] = [
      ['x'.repeat(81), 'x'.repeat(80)],
      [`${'x'.repeat(79)}😀 hello`, 'x'.repeat(79)],
      [`${'x'.repeat(78)}😀 hello`, `${'x'.repeat(78)}😀`],
      [`${'x'.repeat(79)}e\u0301`, 'x'.repeat(79)],
      [`${'x'.repeat(75)}👩‍👩‍👧`, 'x'.repeat(75)],
      ['😀'.repeat(41), '😀'.repeat(40)],
    ]
    for (const [n, [text, preview]] of cases.entries()) {
      await patterns.sendMessage({ from: ben, to: ada, messageId: numbered(n), text })
      expect((await patterns.conversation({ userId: ada, peerId: ben }))?.preview).to.equal(preview)
    }
  })

  it('a removed message is in neither inbox, keeps its place, and is removed by nobody but its sender', async () => {
    const one = await network()
    const { patterns, entities } = one
    const ids = (n: number) => ({ from: ben, to: ada, messageId: numbered(n) })
    for (const n of [1, 2]) await sendMessage(one, { ...ids(n), text: `secret ${n}`, sentAt: start })
    const key = { conversationId: conversationOf(ada, ben), messageId: numbered(2) }
    for (const write of [() => entities.Message.delete(key), () => entities.Message.update(key, { text: 'other' })])
      expect(await refusal((async () => write())())).to.be.instanceOf(ValidationError)
    await expectRefused(one, removeMessage(one, { ...ids(2), from: ada, to: ben }), 'gone')
    await expectRefused(one, patterns.removeMessage({ ...ids(2), isLast: false }), 'gone')
    await expectRefused(one, patterns.removeMessage({ ...ids(1), isLast: true }), 'gone')
    await removeMessage(one, ids(1))
    expect((await patterns.inbox({ userId: ada }).all()).map(({ preview }) => preview)).to.deep.equal(['secret 2'])
    await removeMessage(one, ids(2))
    await expectRefused(one, removeMessage(one, ids(2)), 'gone')
    expect(JSON.stringify((await one.table()).items)).to.not.include('secret')
    expect(await patterns.messages({ conversationId: conversationOf(ada, ben) }).all()).to.have.length(2)
    await sendMessage(one, { ...ids(3), text: 'better', sentAt: start })
    expect((await patterns.inbox({ userId: ben }).all()).map(({ preview }) => preview)).to.deep.equal(['better'])
  })
})
