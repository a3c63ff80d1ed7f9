/** Everything that can be taken away from a deployment, one thing at a time. */
import type { RecordedResource } from "../../testing/deployment/recorded-resource.ts";
import type { PolicyStatement } from "../../testing/twin/iam-policy.ts";

/** A deployment that lacks one thing. */
export interface Removal {
  readonly name: string;
  /** Whose story would miss it. */
  readonly of: "relocation" | "fallback" | "attach" | "teardown";
  readonly records: readonly RecordedResource[];
}

type Records = readonly RecordedResource[];

/** Kinds that are taken away whole. */
const whole = [
  "aws:cloudwatch/eventRule:EventRule",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:scheduler/schedule:Schedule",
  "aws:lambda/eventSourceMapping:EventSourceMapping",
  "aws:sqs/queuePolicy:QueuePolicy",
  "aws:ssm/parameter:Parameter",
];

/** For other deployments, which the twin's scenarios do not have (test/wire/members.test.ts). */
const forOthers = /-published-(?:subnet|security-group)-ids$/;

/** Roles that nobody takes in the twin. */
const untaken = /-flows-role/;

export function removals(records: Records): Removal[] {
  const ours = records.filter(({ urn, name }) => urn.includes("::holdfast:index:") && !forOthers.test(name));
  const isTableTag = ({ type, inputs }: RecordedResource) =>
    type.endsWith(":Tag") && String(inputs["resourceId"]).startsWith("rtb-");
  const rows = [
    ...ours.filter((it) => whole.includes(it.type) || isTableTag(it)).map((it) => withoutResource(records, it)),
    ...ours.filter(({ type }) => type.endsWith(":RolePolicy")).flatMap((it) => withoutPermissions(records, it)),
    ...ours.filter(({ type }) => type.endsWith(":Function")).flatMap((it) => withoutVariables(records, it)),
    ...ours.filter(({ type }) => type.endsWith(":Parameter")).flatMap((it) => withoutParts(records, it)),
  ];
  return rows.map((row) => ({ ...row, of: partOf(row.name) }));
}

type Row = Omit<Removal, "of">;

function partOf(name: string): Removal["of"] {
  if (name.includes("-teardown-")) return "teardown";
  if (name.includes("-attach-")) return "attach";
  return /-fallback-|-rtb-/.test(name) ? "fallback" : "relocation";
}

/** A rule takes its targets along: AWS would not make them. */
function withoutResource(records: Records, gone: RecordedResource): Row {
  const { name, type, outputs } = gone;
  const isRule = type.endsWith(":EventRule");
  const left = records.filter((it) => it !== gone && !(isRule && it.inputs["rule"] === outputs["name"]));
  return { name: `${type.split(":")[2]} ${name}`, records: left };
}

function withInputs(records: Records, changed: RecordedResource, inputs: object): Records {
  return records.map((it) => (it === changed ? { ...it, inputs: { ...it.inputs, ...inputs } } : it));
}

/** Where a probe may go: which probes go where is a matter of the story. test/judges/attempts.ts asks for all of its pool's subnets. */
const isOneOfZones = ({ Sid }: PolicyStatement, resource: string) =>
  Sid === "CreateInterfaces" && resource.includes(":subnet/");

/** Each action, and each resource where a statement names several; that a denial is gone, no story misses. */
function withoutPermissions(records: Records, record: RecordedResource): Row[] {
  if (untaken.test(String(record.inputs["role"]))) return [];
  const { Statement, ...rest } = JSON.parse(String(record.inputs["policy"])) as { Statement: PolicyStatement[] };
  return Statement.filter(({ Effect }) => Effect === "Allow").flatMap((statement) => {
    const less = (part: "Action" | "Resource") => {
      const all = [statement[part] ?? []].flat();
      if (part === "Resource" && all.length < 2) return [];
      return all
        .filter((one) => !isOneOfZones(statement, one))
        .map((one): Row => {
          const changed = { ...statement, [part]: all.filter((it) => it !== one) };
          const policy = JSON.stringify({
            ...rest,
            Statement: Statement.map((it) => (it === statement ? changed : it)),
          });
          const name = `${record.name} ${statement.Sid}: ${one}`;
          return { name, records: withInputs(records, record, { policy }) };
        });
    };
    return [...less("Action"), ...less("Resource")];
  });
}

/**
 * What no story here can miss: a new version of settings starts new environments, which shows only from one deployment to
 * the next; and a probe's own place counts only for one that a teardown has taken out of it (test/deploy/engine).
 */
const unplayed = ["HOLDFAST_SETTINGS_VERSION", "HOLDFAST_HOME"];

function withoutVariables(records: Records, record: RecordedResource): Row[] {
  const { variables = {} } = (record.inputs["environment"] ?? {}) as { variables?: Record<string, string> };
  return Object.entries(variables).flatMap(([key, value]) => {
    if (unplayed.includes(key)) return [];
    const { [key]: _, ...others } = variables;
    const change = (changed: Record<string, string>) =>
      withInputs(records, record, { environment: { variables: changed } });
    const parts = spoiled(value).map(([part, text]) => ({
      name: `${record.name} ${key}: ${part}`,
      records: change({ ...others, [key]: text }),
    }));
    return [{ name: `${record.name} ${key}`, records: change(others) }, ...parts];
  });
}

function withoutParts(records: Records, record: RecordedResource): Row[] {
  return spoiled(String(record.inputs["value"])).map(([part, value]) => ({
    name: `${record.name} ${part}`,
    records: withInputs(records, record, { value }),
  }));
}

/**
 * What the operator's file says of targets reaches probes as it is; the twin's probes ask nobody. That one of a pool's
 * addresses is not among its settings shows only once it is lost (test/relocation/lost-addresses.test.ts); that relocation
 * takes a guarded function for a member that left its VPC, only where it is a member (test/relocation/cases/held-up.ts).
 */
const opaque = ["targets", "addresses", "guarded"];

/** Settings of which one field is gone: the field's path, and the new text. */
function spoiled(text: string): [path: string, text: string][] {
  if (!text.startsWith("{")) return [];
  const settings: unknown = JSON.parse(text);
  return paths(settings).map((path) => [path.join("."), JSON.stringify(without(settings, path))]);
}

type Path = readonly [string, ...string[]];

function paths(value: unknown): Path[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]): Path[] => {
    const isEmpty = typeof part === "object" && Object.keys(part).length === 0;
    if (isEmpty) return [];
    const deeper = opaque.includes(key) ? [] : paths(part).map((path): Path => [key, ...path]);
    return [[key], ...deeper];
  });
}

function without(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (typeof value !== "object" || value === null || key === undefined) return value;
  const isLast = rest.length === 0;
  if (Array.isArray(value)) {
    return value.flatMap((it, index) => (String(index) !== key ? [it] : isLast ? [] : [without(it, rest)]));
  }
  if (isLast) return Object.fromEntries(Object.entries(value).filter(([it]) => it !== key));
  return { ...value, [key]: without(Reflect.get(value, key), rest) };
}
