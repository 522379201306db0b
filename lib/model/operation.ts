// What a lazy operation is, to those who await it. What runs one is lib/client/operation.ts.

/** An operation on the table that runs when it is awaited. */
export interface Operation<out O> extends PromiseLike<O> {
  /** The request as DynamoDB gets it. Sends nothing. Throws what awaiting would reject with for bad input. */
  params(): unknown
  catch<R = never>(onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null): Promise<O | R>
  finally(onFinally?: (() => void) | null): Promise<O>
}
