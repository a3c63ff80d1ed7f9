/** Asks members whether what is remembered of them is still so. */
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { readable } from "../aws/errors.ts";
import type { Membership } from "./membership.ts";
import type { Member } from "./model.ts";
import { readVersion } from "./observe-members.ts";
import { isStillMember } from "./observe-membership.ts";

/**
 * Asks one member for each attachment, one that used it at last. Returns whether all of them still do, as members: another
 * execution environment may have heard that one is none any more.
 */
export async function areConfirmed(
  lambda: LambdaClient,
  membership: Membership,
  members: readonly Member[],
  keys: readonly string[],
): Promise<boolean> {
  const uses = ({ liveVersions }: Member, key: string) =>
    liveVersions.some(({ version, attachments }) => version === "$LATEST" && attachments.some((it) => it.key === key));
  const confirm = async (key: string) => {
    const member = members.find((it) => uses(it, key));
    if (!member) return false;
    const { functionArn } = member;
    const [read, isMember] = await Promise.all([
      readable(() => readVersion(lambda, functionArn, undefined)),
      readable(() => isStillMember(lambda, membership, functionArn)),
    ]);
    const isUsed = read?.version.status === "settled" && read.version.attachments.some((it) => it.key === key);
    return isUsed && isMember === true;
  };
  return (await Promise.all(keys.map(confirm))).every((isConfirmed) => isConfirmed);
}
