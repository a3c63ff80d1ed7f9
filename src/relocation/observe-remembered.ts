/** Asks members whether what is remembered of them is still so. */
import { readable } from "../aws/errors.ts";
import type { Member } from "./model.ts";
import { type MemberSource, readVersion } from "./observe-members.ts";

/** Asks one member for each attachment, one that used it at last. Returns whether all of them still do. */
export async function areConfirmed(
  { lambda }: Pick<MemberSource, "lambda">,
  members: readonly Member[],
  keys: readonly string[],
): Promise<boolean> {
  const uses = ({ liveVersions }: Member, key: string) =>
    liveVersions.some(({ version, attachments }) => version === "$LATEST" && attachments.some((it) => it.key === key));
  const confirm = async (key: string) => {
    const member = members.find((it) => uses(it, key));
    const read = member && (await readable(() => readVersion(lambda, member.functionArn, undefined)));
    return read?.version.status === "settled" && read.version.attachments.some((it) => it.key === key);
  };
  return (await Promise.all(keys.map(confirm))).every((isConfirmed) => isConfirmed);
}
