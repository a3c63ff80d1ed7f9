/** What docs/security.md says of all roles and policies at once, asked of the statements that are deployed. */
import type { RecordedResource } from "../../testing/deployment/recorded-resource.ts";
import { accountId } from "../../testing/deployment/stand-in/account.ts";
import type { DeployedStatement } from "./policies.ts";

/** Addresses, internet gateways, security groups, and what members do. */
const ofNoRole =
  /\*|Allocate|Release|(?:Attach|Detach)InternetGateway|SecurityGroup(?!s$)|:Modify|^lambda:GetFunction$|^logs:(?:Get|Filter|Start)|^xray:/;

/** Returns what is not as the page says, in sentences. */
export function untrueOf(
  { owner, kind, statement }: DeployedStatement,
  records: readonly RecordedResource[],
): string[] {
  const { Action = [], Resource = [], Principal = {}, Condition = {} } = statement;
  const actions = [Action].flat();
  if (kind === "role") {
    const refused = actions.filter((action) => ofNoRole.test(action)).map((action) => `${owner} may ${action}`);
    const foreign = actions.includes("logs:PutLogEvents")
      ? [Resource].flat().filter((arn) => !isLogOf(owner, arn))
      : [];
    return [...refused, ...foreign.map((arn) => `${owner} writes ${arn}`)];
  }
  if (kind === "trust") {
    const services = Object.values(Principal).flat();
    if (services.length !== 1 || Object.keys(Principal).join() !== "Service") return [`${owner} is assumed by several`];
    const isOfAccount = Condition["StringEquals"]?.["aws:SourceAccount"] === accountId;
    return isOfAccount || services[0] === "lambda.amazonaws.com" ? [] : [`${owner} does not ask for the account`];
  }
  if (!/-(?:queue|undelivered)-policy$/.test(owner)) return [];
  const rules = records.filter(({ type }) => type.endsWith(":EventRule")).map(({ outputs }) => outputs["arn"]);
  const admitted = [Condition["ArnEquals"]?.["aws:SourceArn"] ?? "everybody"].flat();
  return admitted.filter((arn) => !rules.includes(arn)).map((arn) => `${owner} admits ${arn}`);
}

/** A policy is named after the function, or the flows, whose log it is about. */
function isLogOf(policy: string, arn: string): boolean {
  const name = policy.replace(/^Holdfast-|-policy$/g, "");
  return arn.endsWith(`-${name}:*`) || arn.endsWith(`/${name.replace(/-flows$/, "/flows")}:*`);
}

/** Returns which permissions let another than the deployment's one target group or API invoke an ingress's function. */
export function untrueOfPermissions(records: readonly RecordedResource[]): string[] {
  const callers = records
    .filter(({ type }) => /:(?:Api|TargetGroup)$/.test(type))
    .map(({ outputs }) => (outputs["executionArn"] === undefined ? outputs["arn"] : `${outputs["executionArn"]}/*`));
  return records
    .filter(({ type }) => type === "aws:lambda/permission:Permission")
    .filter(({ inputs }) => callers.length !== 1 || inputs["sourceArn"] !== callers[0])
    .map(({ name, inputs }) => `${name} admits ${inputs["sourceArn"]}`);
}

/** Returns which policies a role has that this deployment does not declare, such as AWS's own: nothing here judges those. */
export function foreignPoliciesOf(records: readonly RecordedResource[]): string[] {
  const own = records.filter(({ type }) => type === "aws:iam/policy:Policy").map(({ outputs }) => outputs["arn"]);
  return records
    .filter(({ type }) => type === "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    .filter(({ inputs }) => !own.includes(inputs["policyArn"]))
    .map(({ name, inputs }) => `${name} attaches ${inputs["policyArn"]}`);
}
