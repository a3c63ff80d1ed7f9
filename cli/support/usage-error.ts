/** An error in the arguments. The message names what is wrong, the remedy what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}
