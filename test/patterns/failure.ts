// What an action fails with, where it may also succeed.

/** The error, or undefined when there was none. */
export const failure = (run: () => PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve()
    .then(run)
    .then(
      () => undefined,
      (error: unknown) => error,
    )
