/** Asks `@cloud-copilot/iam-simulate`, an evaluator of IAM policies that is not the twin's. */
import { runSimulation, typeForContextKey } from "@cloud-copilot/iam-simulate";
import type { PolicyDocument, PolicyStatement } from "../../testing/twin/iam-policy.ts";

/** A request: who calls does not matter, since the policies are given. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition key → its value or values. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** ARN of the role that calls, where a policy asks for it. */
  readonly principal?: string;
}

export type Answer = "allowed" | "refused";

const accountId = "123456789012";
const everything: PolicyStatement = { Effect: "Allow", Action: "*", Resource: "*" };
const document = (statements: readonly PolicyStatement[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: statements,
});

/**
 * Returns whether a role with these statements may make the request, below a service control policy if one is given.
 *
 * @throws Error when the simulator refuses the policy or the request
 */
export async function simulate(
  statements: readonly PolicyStatement[],
  request: Request,
  controlPolicy?: readonly PolicyStatement[],
): Promise<Answer> {
  const { action, resource, principal = `arn:aws:iam::${accountId}:role/someone` } = request;
  const policies = [{ name: "all", policy: document([everything]) }];
  if (controlPolicy) policies.push({ name: "control", policy: document(controlPolicy) });
  const result = await runSimulation(
    {
      identityPolicies: [{ name: "role", policy: document(statements) }],
      serviceControlPolicies: [{ orgIdentifier: "o-1", policies }],
      resourceControlPolicies: [],
      request: { action, principal, resource: { resource, accountId }, contextVariables: await contextOf(request) },
    },
    {},
  );
  if (result.resultType === "error") throw new Error(`${action}: ${JSON.stringify(result.errors)}`);
  return result.overallResult === "Allowed" ? "allowed" : "refused";
}

/** Keys with several values have lists, all others one value. */
async function contextOf({ context = {} }: Request): Promise<Record<string, string | string[]>> {
  const entries = Object.entries(context).map(async ([key, value]) => {
    const values = [value].flat();
    const isMany = (await typeForContextKey(key)).startsWith("ArrayOf");
    return [key, isMany ? values : (values[0] ?? "")] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
