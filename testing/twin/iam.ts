import { asksOf } from "./iam-asks.ts";
import {
  type Ask,
  type Decision,
  decideAmong,
  type PolicyDocument,
  type PolicyStatement,
  speaksOf,
  statementsOf,
} from "./iam-policy.ts";
import type { Authorizer, Region } from "./region.ts";
import { AwsError, type Call } from "./service.ts";

/** A role and what it may do. Policies are documents, as JSON text or parsed. */
export interface Role {
  readonly roleArn: string;
  readonly policies: readonly (string | PolicyDocument)[];
}

/** What a role asked for, with all that it may do, and what became of it. */
export interface DecidedAsk {
  readonly roleName: string;
  readonly statements: readonly PolicyStatement[];
  readonly ask: Ask;
  readonly decision: Decision;
}

export type OnDecision = (decided: DecidedAsk) => void;

/**
 * From now on the region refuses what the caller's role does not allow. The operator (no principal) and AWS services
 * (`….amazonaws.com`) may do everything; a principal without a role here may do nothing. Returns the authorizer.
 */
export function createAuthorizer(region: Region, roles: readonly Role[], onDecision?: OnDecision): Authorizer {
  const statements = new Map<string, PolicyStatement[]>();
  for (const { roleArn, policies } of roles) {
    const known = statements.get(roleNameOf(roleArn)) ?? [];
    statements.set(roleNameOf(roleArn), [...known, ...policies.flatMap(statementsOf)]);
  }
  /** By principal and action, since both are few and are asked again and again. */
  const known = new Map<string, About>();
  const about = (principal: string, action: string) => {
    const key = `${principal} ${action}`;
    const found =
      known.get(key) ??
      aboutOf((statements.get(roleNameOf(principal)) ?? []).filter((statement) => speaksOf(statement, action)));
    known.set(key, found);
    return found;
  };
  region.authorize = (call) => {
    const { principal } = call;
    if (principal === undefined || principal.endsWith(".amazonaws.com")) return undefined;
    for (const ask of asksOf(region.world, call)) {
      const decision = decisionOn(about(principal, ask.action), ask);
      const roleName = roleNameOf(principal);
      onDecision?.({ roleName, statements: statements.get(roleName) ?? [], ask, decision });
      if (decision === "allowed") continue;
      return denial(call, sessionOf(principal), ask.action, ask.resource, decision);
    }
    return undefined;
  };
  return region.authorize;
}

/** What a role's policies say of an action. */
interface About {
  readonly statements: readonly PolicyStatement[];
  /** By resource, where no condition looks at anything else. */
  readonly decisions: Map<string, Decision> | undefined;
}

function aboutOf(statements: readonly PolicyStatement[]): About {
  return { statements, decisions: statements.some(({ Condition }) => Condition) ? undefined : new Map() };
}

function decisionOn({ statements, decisions }: About, ask: Ask): Decision {
  const known = ask.missing ? undefined : decisions?.get(ask.resource);
  if (known) return known;
  const decision = decideAmong(statements, ask);
  if (!ask.missing) decisions?.set(ask.resource, decision);
  return decision;
}

/** `…:role/path/name` and `…:assumed-role/name/session` → `name`; anything else as it is. */
function roleNameOf(arn: string): string {
  const [kind, ...rest] = arn.split(":").at(-1)?.split("/") ?? [];
  return (kind === "role" ? rest.at(-1) : kind === "assumed-role" ? rest[0] : undefined) ?? arn;
}

function sessionOf(principal: string): string {
  const account = principal.split(":")[4];
  const name = roleNameOf(principal);
  if (name === principal || principal.includes(":assumed-role/")) return principal;
  return `arn:aws:sts::${account}:assumed-role/${name}/${name}`;
}

/** The texts as recorded: EC2's (adanalvarez/TrailDiscover), and Lambda's without its first sentence. */
function denial(call: Call, user: string, action: string, resource: string, decision: Decision): AwsError {
  const why =
    decision === "denied"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${action} action`;
  const text = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
  if (call.service === "ec2") {
    return new AwsError("UnauthorizedOperation", `You are not authorized to perform this operation. ${text}`, 403);
  }
  return new AwsError("AccessDeniedException", text, call.service === "lambda" ? 403 : 400);
}
