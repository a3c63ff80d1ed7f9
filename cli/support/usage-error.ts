/** An error in the arguments. The message names what is wrong, the remediation what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(
    message: string,
    readonly remediation: string,
  ) {
    super(message);
  }
}
