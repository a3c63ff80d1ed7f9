/** The policies of a deployment: of its roles, and of resources that AWS's services use. */
import type { RecordedResource } from "../../testing/deployment/recorded-resource.ts";
import { type PolicyStatement, statementsOf } from "../../testing/twin/iam-policy.ts";

/** `trust` and `resource` policies name a principal; a trust policy names no resource. */
export type PolicyKind = "role" | "trust" | "resource";

export interface DeployedStatement {
  /** The resource that has the policy. */
  readonly owner: string;
  readonly kind: PolicyKind;
  readonly statement: PolicyStatement;
}

const propertiesOf: Readonly<Record<string, readonly (readonly [property: string, kind: PolicyKind])[]>> = {
  "aws:iam/policy:Policy": [["policy", "role"]],
  "aws:iam/rolePolicy:RolePolicy": [["policy", "role"]],
  "aws:iam/role:Role": [["assumeRolePolicy", "trust"]],
  "aws:sqs/queuePolicy:QueuePolicy": [["policy", "resource"]],
  "aws:sns/topicPolicy:TopicPolicy": [["policy", "resource"]],
  "aws:s3/bucketPolicy:BucketPolicy": [["policy", "resource"]],
};

/** Returns every statement that the deployment registers. */
export function deployedStatements(records: readonly RecordedResource[]): DeployedStatement[] {
  return records.flatMap(({ type, name, inputs }) =>
    (propertiesOf[type] ?? []).flatMap(([property, kind]) =>
      statementsOf(String(inputs[property])).map((statement) => ({ owner: name, kind, statement })),
    ),
  );
}

/** Returns what the role of one function may do. @param part the end of its name, such as `canary` or `ledger-zone-1` */
export function roleStatements(records: readonly RecordedResource[], part: string): PolicyStatement[] {
  const found = records.filter(
    ({ type, inputs }) => type === "aws:iam/rolePolicy:RolePolicy" && String(inputs["role"]).includes(`-${part}-role`),
  );
  if (found.length === 0) throw new Error(`no policy is of a role named -${part}-role`);
  return found.flatMap(({ inputs }) => statementsOf(String(inputs["policy"])));
}
