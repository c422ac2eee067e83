// Why a proxy didn't lead to a host.

/** Its message is the end of a sentence, without a full stop, and holds no password. */
export class ProxyError extends Error {
  /** @param isPassing whether it may be over soon */
  constructor(
    message: string,
    readonly isPassing: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
