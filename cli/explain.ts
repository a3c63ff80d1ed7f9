/** `holdfast explain`: what happened to an address, an interface or a function, and why. */
import { functionNameIn } from "../src/aws/identifiers.ts";
import { addressStates } from "../src/relocation/address-states.ts";
import { drainReason, drainTimeMs } from "../src/relocation/drain-time.ts";
import type { Policy } from "../src/relocation/model.ts";
import { policyOf } from "../src/relocation/reconcile.ts";
import { reasonOf as rowReason } from "../src/relocation/rows.ts";
import { slotsOf } from "../src/relocation/slots.ts";
import { type Attention, exitCodeOf, renderAttention } from "./support/attention.ts";
import { poolsOf, readSettings } from "./support/deployment.ts";
import { type Call, lookUp } from "./support/history.ts";
import { observePool, type PoolView, poolAttention } from "./support/observe-pool.ts";
import type { Json } from "./support/schemas.ts";
import type { Answer, Session } from "./support/session.ts";
import { duration, time, wrap } from "./support/style.ts";
import { UsageError } from "./support/usage-error.ts";

export interface ExplainOptions {
  readonly hours: number;
}

/** What the question is about, and under which names AWS's records know it. */
export interface Subject {
  readonly kind: "address" | "interface" | "function";
  readonly title: string;
  readonly ids: readonly string[];
  readonly reason: string;
  readonly findings: readonly Attention[];
}

const eventNames: Readonly<Record<Subject["kind"], readonly string[]>> = {
  address: ["AssociateAddress", "DisassociateAddress", "CreateTags", "DeleteTags"],
  interface: ["AssociateAddress", "DisassociateAddress", "CreateNetworkInterface", "DeleteNetworkInterface"],
  function: [
    "CreateFunction20150331",
    "UpdateFunctionConfiguration20150331v2",
    "UpdateFunctionCode20150331v2",
    "PublishVersion20150331",
    "CreateAlias20150331",
    "UpdateAlias20150331",
    "DeleteAlias20150331",
  ],
};

export async function explain(session: Session, text: string, { hours }: ExplainOptions): Promise<Answer> {
  const { clients, clock, deployment, progress, style } = session;
  const pools = poolsOf(await readSettings(clients, deployment));
  const views: PoolView[] = [];
  for (const pool of pools) {
    progress.step(`reading pool ${pool.name}`);
    views.push(await observePool(session, pool));
  }
  const subject = findSubject(views, text);
  progress.step("reading CloudTrail's history");
  const { calls, truncated } = await lookUp(
    clients.cloudTrail,
    clock,
    eventNames[subject.kind],
    clock.now() - hours * 3_600_000,
  );
  const history = historyOf(subject, calls);
  const longest = Math.max(...history.map(({ who }) => who.length));
  const lines = history.map(({ at, who, what }) =>
    wrap(`  ${time(Date.parse(at))}  ${who.padEnd(longest)}  ${what}`, "    "),
  );
  return {
    exitCode: exitCodeOf(subject.findings),
    json: { ...subject, history, truncated } satisfies Json<"explain">,
    text: [
      style("bold", subject.title),
      wrap(`  ${subject.reason}`, "  "),
      ...(subject.findings.length > 0 ? [renderAttention(style, subject.findings)] : []),
      "",
      style("bold", `Calls of the last ${hours} h in CloudTrail's history (which lags by minutes)`),
      ...(lines.length > 0 ? lines : [style("dim", "  no calls")]),
      ...(truncated ? [style("yellow", "  CloudTrail has more than was read: give fewer --hours.")] : []),
    ].join("\n"),
  };
}

/**
 * The pool's resource that the text names.
 * @throws UsageError when no pool knows it. Pure.
 */
export function findSubject(views: readonly PoolView[], text: string): Subject {
  for (const view of views) {
    const found = addressSubject(view, text) ?? interfaceSubject(view, text) ?? functionSubject(view, text);
    if (found) return found;
  }
  if (/^eni-/.test(text)) {
    const reason = "no pool has this interface now: Lambda has deleted it, or it is in another subnet";
    return { kind: "interface", title: text, ids: [text], reason, findings: [] };
  }
  throw new UsageError(
    `no pool has ${text}`,
    "give an address, an interface or a member of a pool; holdfast status lists them",
  );
}

/** Findings that name one of the ids. */
function about(view: PoolView, ids: readonly string[]): Attention[] {
  return poolAttention(view).filter(({ text }) => ids.some((id) => text.includes(id)));
}

function addressSubject(view: PoolView, text: string): Subject | undefined {
  const { observed } = view.relocation;
  const address = observed.addresses.find((it) => it.publicIp === text || it.allocationId === text);
  if (!address) return fallbackSubject(view, text);
  const ids = [address.allocationId, address.publicIp];
  const findings = about(view, address.networkInterfaceId ? [...ids, address.networkInterfaceId] : ids);
  const title = `${address.publicIp} of ${view.pool.name}`;
  return { kind: "address", title, ids, reason: reasonOf(view, address), findings };
}

type Address = PoolView["relocation"]["observed"]["addresses"][number];

const verbs: Readonly<Record<PoolView["relocation"]["plan"]["actions"][number]["kind"], string>> = {
  associate: "associate",
  move: "move",
  swap: "swap in",
  disassociate: "disassociate",
  scout: "verify",
  note: "tag",
};

/** Returns why the address is as it is, by its row of the table. */
function reasonOf({ pool, relocation, fallback }: PoolView, address: Address): string {
  const { allocationId, networkInterfaceId: holder, blocked, use } = address;
  const { observed, plan } = relocation;
  const natAllocationIds = fallback?.observed.natGateways.flatMap((it) => it.allocationIds);
  const action = plan.actions.find((it) => it.allocationId === allocationId);
  if (action) return `row ${action.row}: the next run will ${verbs[action.kind]} it, because ${rowReason(action.row)}`;
  const since = use ? ` since ${time(use.sinceMs)}` : "";
  switch (addressStates(observed, natAllocationIds)(address)) {
    case "suspect":
      return "it is suspect: a partner blocked it. It is a spare again once it is verified clean";
    case "spare":
      return "it is a clean spare, for an interface that needs an address (rows 2, 5 and 7)";
    case "serving":
    case "arriving":
      return blocked
        ? `row 5: it serves ${holder}${since}, but a partner blocks it, and no clean spare is left`
        : `row 1: it serves ${holder}${since}, and no change is needed`;
    case "draining":
      return `row 9: it drains on ${holder}${since}: ${rowReason(9)}. ${drainWords(observed, policyOf(pool.relocation, false))}`;
    case "on NAT":
      return "it is on a NAT gateway, where relocation does not change it";
    case "elsewhere":
      return `it is on ${holder}, which does not belong to the pool, so relocation does not change it`;
  }
}

function drainWords(observed: PoolView["relocation"]["observed"], policy: Policy): string {
  return `The drain takes ${duration(drainTimeMs(observed, policy))}: ${drainReason(observed, policy)}`;
}

function fallbackSubject(view: PoolView, text: string): Subject | undefined {
  const address = view.fallback?.observed.fallbackAddress;
  if (!address || (address.publicIp !== text && address.allocationId !== text)) return undefined;
  const where = address.networkInterfaceId ? "and is on the NAT gateway" : "reserved for a NAT gateway";
  const ids = [address.allocationId, address.publicIp];
  const title = `${address.publicIp} of ${view.pool.name}`;
  const reason = `it is the pool's fallback address, ${where}`;
  return { kind: "address", title, ids, reason, findings: about(view, ids) };
}

function interfaceSubject(view: PoolView, text: string): Subject | undefined {
  const { observed, plan } = view.relocation;
  const slot = slotsOf(observed).slots.find((it) => it.networkInterface.networkInterfaceId === text);
  if (!slot) return undefined;
  const action = plan.actions.find((it) => it.networkInterfaceId === text);
  const users = observed.members
    .filter(({ liveVersions }) =>
      liveVersions.some(({ attachments }) => attachments.some((it) => it.key === slot.networkInterface.attachment.key)),
    )
    .map(({ functionArn }) => functionNameIn(functionArn));
  const of = users.length > 0 ? `used by ${users.slice(0, 5).join(", ")}` : "used by no live version of a member";
  const has = slot.foreign ? "an address that is not the pool's" : (slot.address?.publicIp ?? "no address");
  const next = action
    ? `; row ${action.row}: the next run will ${verbs[action.kind]} an address, because ${rowReason(action.row)}`
    : "";
  const reason = `${slot.role}, ${of}, with ${has}${next}`;
  return {
    kind: "interface",
    title: `${text} of ${view.pool.name}`,
    ids: [text],
    reason,
    findings: about(view, [text]),
  };
}

function functionSubject(view: PoolView, text: string): Subject | undefined {
  const name = functionNameIn(text);
  const { observed } = view.relocation;
  const member = observed.members.find(({ functionArn }) => functionNameIn(functionArn) === name);
  if (!member) return undefined;
  const { slots } = slotsOf(observed);
  const keys = new Set(member.liveVersions.flatMap(({ attachments }) => attachments.map(({ key }) => key)));
  const used = slots.filter((it) => keys.has(it.networkInterface.attachment.key));
  const ips = used.flatMap(({ address }) => address?.publicIp ?? []);
  const versions = member.liveVersions.map(({ version, status }) => `${version} ${status}`).join(", ");
  const leaves =
    keys.size === 0
      ? "it is in no VPC, so it uses Lambda's shared addresses"
      : `its traffic leaves from ${ips.join(", ") || "no address"}`;
  const reason = `${leaves}; live versions: ${versions}`;
  return {
    kind: "function",
    title: `${name} of ${view.pool.name}`,
    ids: [name],
    reason,
    findings: about(view, [name]),
  };
}

interface HistoryLine {
  readonly at: string;
  readonly who: string;
  readonly what: string;
}

/**
 * Returns the calls that concern the subject, the latest first. A disassociation names its association only; the call that
 * made that association has the address. Pure.
 */
export function historyOf({ kind, ids }: Pick<Subject, "kind" | "ids">, calls: readonly Call[]): HistoryLine[] {
  const associations = new Map<string, Call>();
  for (const it of calls) {
    const id = it.response["associationId"];
    if (it.name === "AssociateAddress" && typeof id === "string") associations.set(id, it);
  }
  const concerns = (it: Call): boolean => {
    const text = JSON.stringify([it.parameters, it.name === "CreateNetworkInterface" ? it.response : undefined]);
    if (kind === "function") {
      const name = String(it.parameters["functionName"] ?? "");
      return ids.includes(functionNameIn(name));
    }
    if (ids.some((id) => text.includes(`"${id}"`))) return true;
    const before = associations.get(String(it.parameters["associationId"] ?? ""));
    return it.name === "DisassociateAddress" && before !== undefined && concerns(before);
  };
  return calls
    .filter((it) => !isDryRun(it) && concerns(it))
    .map((it) => ({
      at: new Date(it.atMs).toISOString(),
      who: it.who,
      what: `${wordsOf(it, associations)}${it.error ? `, refused: ${it.error}` : ""}`,
    }));
}

/** Whether a call only asked if it would be allowed, as `doctor` does before it says who may steer. */
function isDryRun({ error }: Call): boolean {
  return error === "Client.DryRunOperation";
}

function wordsOf(it: Call, associations: ReadonlyMap<string, Call>): string {
  const { parameters } = it;
  switch (it.name) {
    case "AssociateAddress":
      return `associated ${parameters["allocationId"]} with ${parameters["networkInterfaceId"]}`;
    case "DisassociateAddress": {
      const before = associations.get(String(parameters["associationId"] ?? ""))?.parameters;
      return before
        ? `disassociated ${before["allocationId"]} from ${before["networkInterfaceId"]}`
        : `disassociated ${parameters["associationId"]}`;
    }
    case "CreateTags":
    case "DeleteTags": {
      const { items = [] } = (parameters["tagSet"] ?? {}) as { items?: { key?: string; value?: string }[] };
      const tags = items.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)).join(", ");
      return `${it.name === "CreateTags" ? "tagged" : "removed the tag"} ${tags}`;
    }
    default:
      return it.name;
  }
}
