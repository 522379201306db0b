// Sessions that end by themselves: when they were not used for a while, at a fixed time at the latest, and all of a user's at once.
import {
  type Attributes,
  ConditionFailedError,
  datetime,
  defineEntity,
  type Entity,
  expiresAt,
  type Item,
  ItemNotFoundError,
  type Misfit,
  MisfitError,
  OutcomeUnknownError,
  type QueryPattern,
  query,
  string,
  uuid,
  ValidationError,
} from '../lib/index.ts'
import { keyUnder } from './key-prefix.ts'
import { checkDuration, refusePattern } from './pattern-problem.ts'

export interface SessionOptions<N extends string, A> {
  /** The entity; the pattern that lists those of a user is `sessionsOfUser` when the name is `Session`. Default `Session`. */
  readonly name?: N
  /** What a session has besides. */
  readonly attributes?: A
  /** How long a session lasts that is not used. Default 30. */
  readonly idleMinutes?: number
  /** How long it lasts however often it is used. Default 30 days. */
  readonly maxMinutes?: number
  /** The clock. Default: the system's. */
  readonly now?: () => Date
}

type Flat<X> = { [K in keyof X]: X[K] }
type Own = ReturnType<typeof sessionAttributes>

/** The entity of sessions. */
export type SessionEntity<N extends string, A> = Entity<
  N,
  Flat<Own & A>,
  { readonly pk: '{userId}'; readonly sk: '{sessionId}' },
  Record<never, never>
>

export interface Sessions<N extends string, A extends Attributes> {
  readonly entities: { readonly [P in N]: SessionEntity<N, A> }
  readonly accessPatterns: {
    readonly [P in `${Uncapitalize<N>}sOfUser`]: QueryPattern<SessionEntity<N, A>, undefined, Item<SessionEntity<N, A>>>
  }
}

/**
 * Sessions with a sliding end.
 *
 * **Problem.** A sign-in that lasts while it is used, and can be taken back.
 *
 * **Layout.** The sessions of a user are one item collection; a token names both, the user and the session.
 *
 * | PK | SK | |
 * | --- | --- | --- |
 * | `SESSION#{userId}` | `SESSION#{sessionId}` | expiresAt (TTL), endsAt |
 *
 * **Invariant.** A session that has ended or was revoked is found by nobody: reads compare `expiresAt` with the clock, whether DynamoDB has
 * deleted it or not, and using a session never makes one that is not there. Unused it ends within `idleMinutes`, of which the second half is left
 * to it at least, and use never moves `expiresAt` beyond `endsAt`. A session that is created with an `endsAt` of its own, sooner than it would
 * end unused, needs its `expiresAt` too: `useSession` goes by both, `get` and the list by `expiresAt` alone.
 * After `revokeSessions` none of the sessions that were there is: they are listed from the table, which does not lag behind as an index does.
 *
 * **Mistake.** Trusting TTL to end sessions, which it does days later; milliseconds in the TTL attribute, with which they never end; an
 * upsert that slides the end, and so revives what was revoked.
 *
 * `sessionId` is random (122 bits), and the secret of the token. The clock is the servers': what they differ by, sessions last longer or shorter.
 * Source: the guide's chapter on TTL; common practice.
 *
 * @example
 * const sessions = session({ attributes: { device: string() }, idleMinutes: 20 })
 * const shop = connect(defineModel({ table, ...sessions }), { client })
 * const { userId, sessionId } = await shop.entities.Session.create({ userId: 'ada', device: 'phone' })
 * const current = await useSession(shop.entities.Session, { userId, sessionId }, { idleMinutes: 20 })
 * await revokeSessions(shop.entities.Session, shop.patterns.sessionsOfUser, userId)
 * @throws {ModelError} when a session's own attributes are among the attributes, or it is to last for no time
 */
export function session<const N extends string = 'Session', const A extends Attributes = Record<never, never>>(
  options: SessionOptions<N, A> = {},
): Sessions<N, A> {
  const { name = 'Session' as N, attributes = {} as A } = options
  const { idleMinutes = defaultIdleMinutes, maxMinutes = defaultMaxMinutes } = options
  for (const [option, minutes] of Object.entries({ idleMinutes, maxMinutes })) checkDuration(`${name}.${option}`, minutes)
  const own = sessionAttributes(options)
  for (const attribute of Object.keys(attributes))
    if (Object.hasOwn(own, attribute))
      refusePattern('reserved-name', `${name}.${attribute}`, `${attribute} is an attribute of every session.`, 'Rename it.')
  const entity = defineEntity(name, {
    description: 'A sign-in of a user, until it ends.',
    attributes: { ...own, ...(attributes as Attributes) },
    key: { pk: keyUnder(name, '#{userId}'), sk: keyUnder(name, '#{sessionId}') },
  })
  const list = query(entity).consistent().describe('The sessions of a user that have not ended')
  // Made of the same names that the type is made of.
  return Object.freeze({
    entities: Object.freeze({ [name]: entity }),
    accessPatterns: Object.freeze({ [`${name.charAt(0).toLowerCase()}${name.slice(1)}sOfUser`]: list }),
  }) as unknown as Sessions<N, A>
}

const minute = 60_000
const defaultIdleMinutes = 30
const defaultMaxMinutes = 43_200

function sessionAttributes(options: Pick<SessionOptions<string, Attributes>, 'idleMinutes' | 'maxMinutes' | 'now'>) {
  const { idleMinutes = defaultIdleMinutes, maxMinutes = defaultMaxMinutes, now = () => new Date() } = options
  const after = (minutes: number) => () => new Date(now().getTime() + minutes * minute)
  return {
    userId: string().describe('Whose session it is').example('ada'),
    sessionId: uuid().describe('The secret of the token').example('0b5d4d8e-2f6b-4c5e-9c1a-6f3f0c7f9a11'),
    startedAt: datetime().default(now).readOnly(),
    endsAt: datetime().default(after(maxMinutes)).readOnly().describe('When it ends however often it is used'),
    expiresAt: expiresAt()
      .default(after(Math.min(idleMinutes, maxMinutes)))
      .describe('When it ends unless it is used')
      .example(new Date('2030-03-12T10:01:12Z')),
  }
}

/** What identifies a session. */
export interface SessionKey {
  readonly userId: string
  readonly sessionId: string
}

/** The operations of the sessions' entity, as far as they are needed here. */
export interface ConnectedSessions<I> {
  get(key: SessionKey, options: { readonly consistent: true }): PromiseLike<I | undefined>
  update(key: SessionKey, changes: { readonly expiresAt: Date }, options: { readonly if: object }): PromiseLike<I>
  delete(key: SessionKey): PromiseLike<unknown>
}

export interface UseSessionOptions {
  /** As in `session()`. */
  readonly idleMinutes?: number
  /** The clock. Default: the system's. */
  readonly now?: () => Date
}

type Ends = { readonly expiresAt: Date; readonly endsAt: Date }

/**
 * The session, which lasts longer because it is used; undefined when it has ended, was revoked, or never was. Its end is written when half of
 * the idle time has passed, and not at each use.
 */
export async function useSession<I extends Ends>(
  sessions: ConnectedSessions<I>,
  { userId, sessionId }: SessionKey,
  { idleMinutes = defaultIdleMinutes, now = () => new Date() }: UseSessionOptions = {},
): Promise<I | undefined> {
  if (!(Number.isFinite(idleMinutes) && idleMinutes > 0))
    throw new ValidationError('out-of-range', 'idleMinutes', `is a finite number above 0, not ${idleMinutes}.`)
  const key = { userId, sessionId }
  const present = now()
  const idle = idleMinutes * minute
  const found = await read(sessions, key, present)
  if (found === undefined) return undefined
  const until = new Date(Math.min(present.getTime() + idle, found.endsAt.getTime()))
  if (found.expiresAt.getTime() - present.getTime() > idle / 2 || found.expiresAt >= wholeSeconds(until)) return found
  try {
    return await sessions.update(key, { expiresAt: until }, { if: { expiresAt: { gt: present, lt: until } } })
  } catch (error) {
    if (error instanceof ItemNotFoundError) return undefined
    if (!(error instanceof ConditionFailedError || error instanceof OutcomeUnknownError)) throw error
    // Another use has made it longer, or this one, whose answer was lost.
    return await read(sessions, key, present)
  }
}

async function read<I extends Ends>(sessions: ConnectedSessions<I>, key: SessionKey, present: Date): Promise<I | undefined> {
  const found = await sessions.get(key, { consistent: true })
  return found === undefined || found.expiresAt <= present || found.endsAt <= present ? undefined : found
}

/** As the end is stored. */
function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000)
}

/** A pattern that lists sessions of a user. */
export type SessionList<I> = (
  input: { readonly userId: string },
  options: { readonly includeExpired: true; readonly onMisfit: (misfit: Misfit) => void },
) => { all(): PromiseLike<readonly I[]> }

/**
 * Ends the sessions of a user, but for one that may be kept, and answers how many. Those that begin meanwhile are not among them. Sessions that
 * do not fit, as those of another release of the application, are ended too.
 * Done again after an error, it goes on.
 * @throws the first error that one of them gave, after all others have ended; a MisfitError for an item that does not say which session it is
 */
export async function revokeSessions<I extends SessionKey>(
  sessions: Pick<ConnectedSessions<I>, 'delete'>,
  list: SessionList<I>,
  userId: string,
  { except }: { readonly except?: string } = {},
): Promise<number> {
  const misfits: Misfit[] = []
  const found = await list({ userId }, { includeExpired: true, onMisfit: (misfit) => misfits.push(misfit) }).all()
  const all = [...found.map(({ sessionId }) => sessionId), ...misfits.flatMap((misfit) => sessionIn(misfit) ?? [])]
  const ending = all.filter((sessionId) => sessionId !== except)
  const failures: unknown[] = []
  for (const sessionId of ending) {
    try {
      await end(sessions, { userId, sessionId })
    } catch (error) {
      failures.push(error)
    }
  }
  const unknown = misfits.find((misfit) => sessionIn(misfit) === undefined)
  if (unknown !== undefined) failures.push(new MisfitError(unknown))
  if (failures.length > 0) throw failures[0]
  return ending.length
}

async function end(sessions: Pick<ConnectedSessions<unknown>, 'delete'>, key: SessionKey): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await sessions.delete(key)
      return
    } catch (error) {
      // It is deleted, and does not fit what a delete answers.
      if (error instanceof MisfitError) return
      if (!(error instanceof OutcomeUnknownError) || tries === maxTries) throw error
    }
  }
}

/** A delete may be repeated. */
const maxTries = 3

function sessionIn({ stored }: Misfit): string | undefined {
  const { S: sessionId } = (stored.sessionId ?? {}) as { readonly S?: string }
  return sessionId
}
