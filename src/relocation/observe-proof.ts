/**
 * Asks each member itself, before anything is taken from an interface in use, whether one of its versions needs it: the
 * published ones too, which can be invoked by their number for as long as they exist, and members that the index of tags
 * leaves out at the moment.
 */
import { type LambdaClient, paginateListVersionsByFunction } from "@aws-sdk/client-lambda";
import { AwsCallError, call } from "../aws/errors.ts";
import type { PoolSettings } from "../config/settings.ts";
import type { Member, Observed } from "./model.ts";
import { type MemberSource, readMembers, toLiveVersion } from "./observe-members.ts";
import { listTaggedIn } from "./observe-membership.ts";

/** Returns the observation with what the members said. */
export async function prove(source: MemberSource, pool: PoolSettings, observed: Observed): Promise<Observed> {
  const known = new Set(observed.members.map(({ functionArn }) => functionArn as string));
  const unlisted = await listTaggedIn(source.lambda, pool.members, pool.network.subnetIds, known);
  const found = await readMembers(source, unlisted);
  const members = [...observed.members, ...found.members];
  const published = new Map<string, string[]>();
  for (const member of members) {
    for (const { key, version } of await listPublished(source.lambda, member)) {
      published.set(key, [...(published.get(key) ?? []), version]);
    }
  }
  return { ...observed, members, published };
}

/** The member's published versions that nothing routes to, each with the key of an attachment that it uses. */
function listPublished(client: LambdaClient, { functionArn, liveVersions }: Member) {
  const live = new Set(liveVersions.map(({ version }) => version));
  return call("lambda:ListVersionsByFunction", async () => {
    const uses: { key: string; version: string }[] = [];
    for await (const page of paginateListVersionsByFunction({ client }, { FunctionName: functionArn })) {
      for (const configuration of page.Versions ?? []) {
        const version = configuration.Version ?? "$LATEST";
        if (version === "$LATEST" || live.has(version)) continue;
        const { attachments } = toLiveVersion(configuration, version);
        uses.push(...attachments.map(({ key }) => ({ key, version: `${functionArn}:${version}` })));
      }
    }
    return uses;
  }).catch((error: unknown) => {
    // Deleted since it was read: the next look shows it.
    if (error instanceof AwsCallError && error.errorClass === "gone") return [];
    throw error;
  });
}
