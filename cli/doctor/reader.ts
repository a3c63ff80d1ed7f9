/** Reads what may be read, and remembers what may not: one refusal must not hide everything else. */
import { AwsCallError, accessProblem } from "../../src/aws/errors.ts";
import type { Unreadable } from "./facts.ts";

export class Reader {
  readonly #unreadable = new Map<string, Unreadable>();

  /** Each permission once. */
  get unreadable(): Unreadable[] {
    return [...this.#unreadable.values()];
  }

  /**
   * What the call answers, or undefined when AWS does not let it be read.
   * @throws AwsCallError when the credentials or the network are at fault: then nothing can be read
   */
  async attempt<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof AwsCallError) || accessProblem(error.action, error.code)) throw error;
      const reason = error.cause instanceof Error ? error.cause.message : error.message;
      this.#unreadable.set(error.action, { action: error.action, reason: `${error.code}: ${reason}` });
      return undefined;
    }
  }
}

/** What the call answers, or `null` when there is no such thing. */
export async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsCallError && error.errorClass === "gone") return null;
    throw error;
  }
}
