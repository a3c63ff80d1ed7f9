import { expect, it } from "vitest";
import { inPolicies, policyLimits, type Statement } from "../../stacks/policy.ts";

const subnetArns = (count: number) =>
  Array.from({ length: count }, (_, index) => `arn:aws:ec2:us-east-1:123456789012:subnet/subnet-${index + 10 ** 16}`);
const onSubnets = (count: number): Statement => ({
  sid: "OnSubnets",
  actions: ["ec2:AssociateAddress"],
  resources: ["*"],
  conditions: { ArnEquals: { "ec2:Subnet": subnetArns(count) } },
});
const short: Statement = { sid: "Short", actions: ["sqs:SendMessage"], resources: ["arn:aws:sqs:::queue"] };
const subnetsIn = ({ conditions }: Statement) => conditions?.["ArnEquals"]?.["ec2:Subnet"] ?? [];

it("all statements are inline where they fit", () => {
  expect(inPolicies([short, onSubnets(20)])).toEqual([[short, onSubnets(20)]]);
});

it("a long list is divided, and every value allowed as before and once", () => {
  const policies = inPolicies([short, onSubnets(300)]);
  expect(policies.length).toBeGreaterThan(1);
  expect(policies.flat().flatMap(subnetsIn)).toEqual(subnetArns(300));
  expect(policies.flat().filter((it) => it.sid !== "Short" && subnetsIn(it).length === 0)).toEqual([]);
  const lengths = policies.map((statements) => JSON.stringify(statements).length);
  expect(Math.max(...lengths.slice(1))).toBeLessThan(policyLimits.managedCharacters);
  expect(lengths[0]).toBeLessThan(policyLimits.inlineCharacters);
  const sids = policies.flat().map(({ sid }) => sid);
  expect(new Set(sids).size).toBe(sids.length);
});

it("a condition of which every value must hold is not divided", () => {
  const keys = subnetArns(300);
  const whole: Statement = { ...short, conditions: { "ForAllValues:StringEquals": { "aws:TagKeys": keys } } };
  expect(inPolicies([whole]).flat()).toEqual([whole]);
});

it("a denial of all but some values is not divided, and stays inline where no managed policy holds it", () => {
  const keys = Array.from({ length: 300 }, (_, index) => `subnet-${index + 10 ** 16}`);
  const bound: Statement = {
    sid: "NotOutOfPools",
    effect: "Deny",
    actions: ["lambda:UpdateFunctionConfiguration"],
    resources: ["*"],
    conditions: { "ForAnyValue:StringNotEquals": { "lambda:SubnetIds": keys } },
  };
  const [inline = [], ...managed] = inPolicies([short, onSubnets(300), bound]);
  expect(inline).toContainEqual(bound);
  expect(JSON.stringify(inline).length).toBeLessThan(policyLimits.inlineCharacters);
  expect(managed.flat()).not.toContainEqual(bound);
});
