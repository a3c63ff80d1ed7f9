/** IAM policy documents from plain statements. */
import { type Input, jsonStringify, type Output } from "@pulumi/pulumi";

export interface Statement {
  readonly sid: string;
  /** `Allow` unless given. */
  readonly effect?: "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly Input<string>[];
  /** Operator → condition key → values. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly Input<string>[]>>>>;
}

/**
 * IAM user guide, "IAM and AWS STS quotas", white space aside: all inline policies of a role together, one managed policy,
 * and managed policies of a role unless its quota is raised.
 */
export const policyLimits = { inlineCharacters: 10_240, managedCharacters: 6144, managedPolicies: 10 };

/** Room for what a list's values are part of. */
const reserve = 600;
/** The longest ARN of these statements whose parts are not known yet: a function's, whose name has 64 characters. */
const longestArn = { lambda: 125, ec2: 90 };

/**
 * Divides statements among a role's policies: all are inline if they fit, else the first policy is, and the others are
 * managed. A statement with a long list is divided into several with parts of the list. Which goes where depends on how
 * many values there are, not on the ids, which nobody knows when resources are declared.
 */
export function inPolicies(statements: readonly Statement[]): Statement[][] {
  if (sizeOf(statements) <= policyLimits.inlineCharacters - reserve) return [[...statements]];
  const policies: Statement[][] = [[]];
  // What cannot be divided and is too long for a managed policy finds its place in the inline one.
  const parts = statements.flatMap(divided);
  const isLong = (part: Statement) => sizeOf([part]) > policyLimits.managedCharacters - reserve;
  for (const part of [...parts.filter(isLong), ...parts.filter((it) => !isLong(it))]) {
    const last = policies.at(-1) ?? [];
    const room = policies.length === 1 ? policyLimits.inlineCharacters : policyLimits.managedCharacters;
    if (sizeOf([...last, part]) <= room - reserve) last.push(part);
    else policies.push([part]);
  }
  return policies;
}

/** Returns the statement in as few equal parts as each fit into a managed policy, by its resources or a condition's values. */
function divided(statement: Statement): Statement[] {
  const [longest] = listsOf(statement).sort((a, b) => b.values.length - a.values.length);
  if (!longest) return [statement];
  const { values, replace } = longest;
  for (let count = 1; count <= values.length; count++) {
    const each = Math.ceil(values.length / count);
    const parts = Array.from({ length: count }, (_, index) => replace(values.slice(index * each, (index + 1) * each)));
    if (sizeOf(parts.slice(0, 1)) > policyLimits.managedCharacters - reserve) continue;
    return parts.map((part, index) => (count === 1 ? part : { ...part, sid: `${statement.sid}${index + 1}` }));
  }
  return [statement];
}

interface List {
  readonly values: readonly Input<string>[];
  readonly replace: (values: readonly Input<string>[]) => Statement;
}

/** Operators by which a condition holds as soon as one value matches: what they allow is the sum of what the parts do. */
const holdWithOne = new Set(["StringEquals", "ArnEquals"]);

function listsOf(statement: Statement): List[] {
  const { resources, conditions = {} } = statement;
  const ofConditions = Object.entries(conditions)
    .filter(([operator]) => holdWithOne.has(operator))
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(
        ([key, values]): List => ({
          values,
          replace: (some) => ({ ...statement, conditions: { ...conditions, [operator]: { ...keys, [key]: some } } }),
        }),
      ),
    );
  return [{ values: resources, replace: (some) => ({ ...statement, resources: some }) }, ...ofConditions];
}

/** Returns the most characters that the statements can have in a document. */
function sizeOf(statements: readonly Statement[]): number {
  return statements.reduce((sum, statement) => sum + lengthOf(statement), 0);
}

/** Quotation marks and a comma, for each value. */
const around = 3;
/** An id of EC2 has up to 24 characters. */
const longestId = 24;
/** What a statement has besides its values: names of its parts, brackets. */
const skeleton = 100;

function lengthOf({ sid, actions, resources, conditions = {} }: Statement): number {
  const arn = actions.some((it) => it.startsWith("lambda:")) ? longestArn.lambda : longestArn.ec2;
  const ofValues = (values: readonly Input<string>[], longest: number) =>
    values.reduce<number>((sum, it) => sum + (typeof it === "string" ? it.length : longest) + around, 0);
  const ofConditions = Object.entries(conditions).map(([operator, keys]) => {
    const lengths = Object.entries(keys).map(
      ([key, values]) => key.length + 2 * around + ofValues(values, key.endsWith("Ids") ? longestId : arn),
    );
    return operator.length + 2 * around + lengths.reduce((sum, it) => sum + it, 0);
  });
  const lists = ofConditions.reduce((sum, it) => sum + it, ofValues(actions, arn) + ofValues(resources, arn));
  return sid.length + skeleton + lists;
}

export function policyDocument(statements: readonly Statement[]): Output<string> {
  return jsonStringify({
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect = "Allow", actions, resources, conditions }) => ({
      Sid: sid,
      Effect: effect,
      Action: actions,
      Resource: resources,
      ...(conditions ? { Condition: conditions } : {}),
    })),
  });
}

/** Lets one AWS service assume the role; with `accountId`, only on behalf of that account. */
export function trust(service: string, accountId?: Input<string>): Output<string> {
  return jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: service },
        ...(accountId ? { Condition: { StringEquals: { "aws:SourceAccount": accountId } } } : {}),
      },
    ],
  });
}

/** Returns a resource's policy: one service may call the action on it, on behalf of the given sources. */
export function resourcePolicy(
  service: string,
  action: string,
  resource: Input<string>,
  sourceArns: readonly Input<string>[],
): Output<string> {
  return jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: action,
        Resource: resource,
        Condition: { ArnEquals: { "aws:SourceArn": sourceArns } },
      },
    ],
  });
}
