import { type Conditions, conditionsHold, like, type RequestContext } from "./iam-conditions.ts";

type OneOrMore = string | readonly string[];

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  readonly Condition?: Conditions;
  /** Of resource policies: who it is about. */
  readonly Principal?: "*" | Readonly<Record<string, OneOrMore>>;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

/** One thing that a call asks for: an action on a resource, and what conditions can look at. */
export interface Ask {
  /** `service:Action`. */
  readonly action: string;
  /** An ARN, or `*` for actions without resources. */
  readonly resource: string;
  readonly context: RequestContext;
  /** True: there is no such resource, so nothing is known of it. */
  readonly missing?: boolean;
}

export type Decision = "allowed" | "denied" | "not allowed";

/** Reads a policy document, as JSON text or parsed. */
export function statementsOf(policy: string | PolicyDocument): PolicyStatement[] {
  const { Statement } = typeof policy === "string" ? (JSON.parse(policy) as PolicyDocument) : policy;
  return [Statement].flat() as PolicyStatement[];
}

/**
 * A deny that applies wins over every allow; nothing is allowed unless a statement says so (IAM user guide, "Policy
 * evaluation logic"). A missing resource is judged by the action alone, so that the service can answer that it is
 * missing; assumed.
 */
export function decide(statements: readonly PolicyStatement[], ask: Ask): Decision {
  return decideAmong(
    statements.filter((statement) => speaksOf(statement, ask.action)),
    ask,
  );
}

/** As `decide`, of statements that all speak of the action. */
export function decideAmong(statements: readonly PolicyStatement[], ask: Omit<Ask, "action">): Decision {
  const applying = statements.filter((statement) => applies(statement, ask));
  if (applying.some(({ Effect }) => Effect === "Deny")) return "denied";
  return applying.length > 0 ? "allowed" : "not allowed";
}

/** Returns whether a statement speaks of an action at all. */
export function speaksOf({ Action, NotAction }: PolicyStatement, action: string): boolean {
  const lower = action.toLowerCase();
  return named(Action, NotAction, (pattern) => like(lower, pattern.toLowerCase()));
}

function applies(statement: PolicyStatement, { resource, context, missing }: Omit<Ask, "action">): boolean {
  const { Resource, NotResource, Condition, Effect } = statement;
  if (missing) return Effect === "Allow";
  return named(Resource, NotResource, (pattern) => like(resource, pattern)) && conditionsHold(Condition, context);
}

function named(wanted: OneOrMore | undefined, unwanted: OneOrMore | undefined, test: (pattern: string) => boolean) {
  if (wanted !== undefined) return [wanted].flat().some(test);
  return unwanted === undefined || ![unwanted].flat().some(test);
}

/** Returns whether a resource's policy lets an AWS service do something in its own name, on behalf of `sourceArn`. */
export function allowsService(
  policy: string | undefined,
  request: { service: string; action: string; resource: string; sourceArn: string; accountId: string },
): boolean {
  const { service, action, resource, sourceArn, accountId } = request;
  if (!policy) return false;
  const context = new Map([
    ["aws:sourcearn", [sourceArn]],
    ["aws:sourceaccount", [accountId]],
    ["aws:principalisawsservice", ["true"]],
    ["aws:securetransport", ["true"]],
  ]);
  const about = statementsOf(policy).filter(
    ({ Principal }) =>
      Principal === "*" ||
      [Principal?.["Service"] ?? []].flat().includes(service) ||
      [Principal?.["AWS"] ?? []].flat().includes("*"),
  );
  return decide(about, { action, resource, context }) === "allowed";
}
