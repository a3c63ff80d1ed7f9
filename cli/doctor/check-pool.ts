/** Whether a pool's addresses and members fit together, and whether somebody watches it. Pure. */
import type { Attention, Severity } from "../support/attention.ts";
import { attentionOf } from "../support/observe-pool.ts";
import type { Facts, PoolFact } from "./facts.ts";

type Say = (id: string, severity: Severity, text: string, remedy: string) => Attention;

export function checkPool(facts: Facts, fact: PoolFact): Attention[] {
  const { pool, view } = fact;
  const say: Say = (id, severity, text, remedy) => ({ id, severity, pool: pool.name, text, remedy });
  return [
    ...(view ? attentionOf(view) : []),
    ...checkAddresses(say, facts, fact),
    ...checkMembers(say, fact),
    ...checkWatching(say, facts, fact),
    ...fact.missingSecrets.map((it) =>
      say(
        "secret-missing",
        "error",
        `${it}, which a target's header refers to, does not exist`,
        "make it, or correct headers in holdfast.config.ts",
      ),
    ),
    ...(fact.maySteer === false
      ? [
          say(
            "steering-denied",
            "note",
            "with these credentials the pool can be looked at, not steered",
            "allow ec2:CreateTags and ec2:DeleteTags on its addresses (docs/cli.md)",
          ),
        ]
      : []),
  ];
}

function checkAddresses(say: Say, { addressQuota, addressesInRegion }: Facts, { pool, view }: PoolFact): Attention[] {
  if (!view) return [];
  const clean = view.relocation.observed.addresses.filter(({ blocked }) => !blocked).length;
  const subnets = pool.relocation.network.subnetIds.length;
  const missing = subnets - clean;
  if (missing <= 0) {
    const remedy =
      "raise addresses.spares and deploy: with a spare a change costs no gap, and a blocked address is swapped";
    return clean === subnets ? [say("no-spare", "note", "the pool has no spare address", remedy)] : [];
  }
  const short = say(
    "addresses-short",
    "error",
    `the pool has ${clean} clean addresses for ${subnets} subnets, each of which needs one`,
    "raise addresses.count and deploy, or take a subnet out of the pool",
  );
  const free =
    addressQuota === undefined || addressesInRegion === undefined ? undefined : addressQuota - addressesInRegion;
  if (free === undefined || free >= missing) return [short];
  const text = `the pool lacks ${missing} addresses, and the account may have ${free} more (quota ${addressQuota}, in use ${addressesInRegion})`;
  return [
    short,
    say(
      "address-quota",
      "error",
      text,
      "ask for a higher quota: Service Quotas, EC2-VPC Elastic IPs (L-0263D0A3), or release addresses",
    ),
  ];
}

function checkMembers(say: Say, { pool, view, securityGroupIds }: PoolFact): Attention[] {
  if (!view) return [];
  const { members, missingMembers } = view.relocation.observed;
  if (members.length + missingMembers.length === 0) {
    const remedy = "spread the pool's member into a function, tag it holdfast:pool, or name it in members";
    return [say("no-members", "note", "the pool has no member yet", remedy)];
  }
  const own = [...securityGroupIds].sort().join();
  return members.flatMap(({ functionArn, liveVersions }) => {
    const name = functionArn.split(":")[6];
    const outside = liveVersions.filter(({ attachments, status }) => attachments.length === 0 && status !== "idle");
    // A guarded function that was not attached yet has no place in the pool's network.
    const isGuarded = pool.attach?.functions.includes(name ?? "");
    if (outside.length > 0 && isGuarded) return [];
    if (outside.length > 0) {
      const versions = outside.map(({ version }) => version).join(", ");
      const remedy =
        "give it the pool's subnets and security groups (docs/configuration.md), or take it out of the pool";
      return [
        say(
          "member-without-vpc",
          "error",
          `${name} (${versions}) is in no VPC: it leaves by Lambda's shared addresses`,
          remedy,
        ),
      ];
    }
    const subnets = new Set<string>(pool.relocation.network.subnetIds);
    const others = liveVersions
      .flatMap(({ attachments }) => attachments)
      .filter((it) => subnets.has(it.subnetId) && [...it.securityGroupIds].sort().join() !== own);
    if (own === "" || others.length === 0) return [];
    const groups = [...new Set(others.flatMap((it) => it.securityGroupIds))].join(", ");
    const text = `${name} uses ${groups} instead of the pool's ${own}: it has interfaces of its own, which need addresses of their own and are not probed`;
    return [say("member-other-groups", "warning", text, `give it exactly ${own}`)];
  });
}

function checkWatching(say: Say, { nowMs }: Facts, fact: PoolFact): Attention[] {
  const ago = (ms: number) => `${Math.round((nowMs - ms) / 60_000)} min`;
  const { relocationAtMs, canaryAtMs, targetsRefused, pool } = fact;
  const silent = (atMs: number | null | undefined, id: string, who: string, log: string): Attention[] =>
    atMs === null
      ? [
          say(
            id,
            "error",
            `${who} has not reported lately`,
            `read the log of ${log}; see the findings on functions, queues and schedules`,
          ),
        ]
      : [];
  const late = canaryAtMs != null && nowMs - canaryAtMs > 5 * 60_000;
  return [
    ...silent(relocationAtMs, "relocation-silent", "relocation", "relocate"),
    ...(pool.probing ? silent(canaryAtMs, "canary-silent", "the canary", "canary") : []),
    ...(late
      ? [say("canary-silent", "warning", `the canary last reported ${ago(canaryAtMs)} ago`, "read its log")]
      : []),
    ...(targetsRefused !== undefined && targetsRefused > 0
      ? [
          say(
            "target-refused",
            "warning",
            `${targetsRefused} targets cannot be asked as they are configured`,
            "the canary's log names the field and the reason",
          ),
        ]
      : []),
  ];
}
