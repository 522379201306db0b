// A lazy operation: nothing happens until it is awaited, and it runs once however often it is awaited.
import type { Operation } from '../model/operation.ts'

/** Runs its action at the first `then`. */
export class LazyOperation<O> implements Operation<O> {
  readonly #run: () => Promise<O>
  readonly #params: () => unknown
  #promise: Promise<O> | undefined

  constructor(run: () => Promise<O>, params: () => unknown) {
    this.#run = run
    this.#params = params
  }

  /** It has been awaited. */
  get started(): boolean {
    return this.#promise !== undefined
  }

  params(): unknown {
    return this.#params()
  }

  then<R = O, F = never>(
    onFulfilled?: ((value: O) => R | PromiseLike<R>) | null,
    onRejected?: ((reason: unknown) => F | PromiseLike<F>) | null,
  ): Promise<R | F> {
    return this.#once().then(onFulfilled, onRejected)
  }

  catch<R = never>(onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null): Promise<O | R> {
    return this.#once().catch(onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<O> {
    return this.#once().finally(onFinally)
  }

  #once(): Promise<O> {
    this.#promise ??= this.#run()
    return this.#promise
  }
}
