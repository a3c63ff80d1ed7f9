import { describe, expect, it } from "vitest";
import { policyDocument, rehearsalPermissions } from "../../cli/rehearse/policy.ts";
import type { PolicyStatement } from "../../testing/twin/iam-policy.ts";
import { problemsOf } from "./iam-data.ts";

const permissions = rehearsalPermissions(
  { partition: "aws", region: "eu-central-1", accountId: "123456789012" },
  { nat: true },
);
const statements = policyDocument(permissions).Statement as PolicyStatement[];

const arnOf = (type: string) => `arn:aws:ec2:eu-central-1:123456789012:${type}/*`;

/**
 * A statement of several actions and types of resource stands for each action with the types that it takes: IAM joins those that
 * go together and ignores the rest. Returns the actions and the resources that go with nothing of their statement, and why.
 */
async function lonely(statement: PolicyStatement): Promise<string[]> {
  const [actions, resources] = [[statement.Action ?? []].flat(), [statement.Resource ?? []].flat()];
  const pairs = await Promise.all(
    actions.flatMap((Action) =>
      resources.map(async (Resource) => ({
        parts: [Action, Resource],
        problems: await problemsOf({ ...statement, Action, Resource }),
      })),
    ),
  );
  return [...actions, ...resources].flatMap((part) => {
    const own = pairs.filter(({ parts }) => parts.includes(part));
    return own.some(({ problems }) => problems.length === 0) ? [] : own.flatMap(({ problems }) => problems);
  });
}

describe("AWS's own data, on the policy of a rehearsal", () => {
  it.each(statements.map((it) => [it.Sid, it] as const))("has nothing against %s", async (_sid, statement) => {
    expect(await lonely(statement)).toEqual([]);
  });

  it.each<[string, Partial<PolicyStatement>, RegExp]>([
    ["an action that there is not", { Action: ["ec2:ReleaseAddress", "ec2:FreeAddress"] }, /no action ec2:FreeAddress/],
    [
      "an action with none of its types",
      { Action: ["ec2:ReleaseAddress", "ec2:DeleteVpc"] },
      /ec2:DeleteVpc takes vpc/,
    ],
    ["a resource of no action", { Resource: [arnOf("elastic-ip"), arnOf("subnet")] }, /and no .*subnet/],
    ["a key that none of its types has", { Condition: { StringLike: { "ec2:Owner": "*" } } }, /no ec2:Owner/],
  ])("finds %s", async (_name, mistaken, problem) => {
    const right = { Effect: "Allow", Action: "ec2:ReleaseAddress", Resource: arnOf("elastic-ip") } as const;
    expect(await lonely(right)).toEqual([]);
    expect((await lonely({ ...right, ...mistaken })).join()).toMatch(problem);
  });
});
