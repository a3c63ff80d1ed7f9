/** The groups of the messages in an actuator's queue: each pool has one, and what is for all pools has others. */

/** No pool's name begins so (src/config/load.ts); SQS allows it (API reference, SendMessage: MessageGroupId). */
const mark = "*";

/**
 * Returns the group of the messages that reach an actuator: a single pool's own, so that nothing has to be passed on.
 *
 * @param part what announces them, such as `changes`: each part has a group, so that none waits for another
 */
export function groupOf(part: string, poolNames: readonly string[]): string {
  const [first, ...others] = poolNames;
  return first === undefined || others.length > 0 ? `${mark}${part}` : first;
}

/** Whether messages of this group are for the whole deployment. */
export function isForAll(group: string | undefined): boolean {
  return group?.startsWith(mark) === true;
}
