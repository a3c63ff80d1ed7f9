import type {
  CreateRoleRequest,
  DeleteRolePolicyRequest,
  ListRolesRequest,
  PutRolePolicyRequest,
  Role as RoleItem,
} from "@aws-sdk/client-iam";
import * as sdk from "@aws-sdk/client-iam";
import { createAuthorizer } from "./iam.ts";
import { roleArn } from "./iam-names.ts";
import type { Authorizer, Region } from "./region.ts";
import { AwsError, type Service } from "./service.ts";
import type { IamRole, World } from "./world.ts";

/** IAM, as far as roles with inline policies: what a role calls is judged by them from its creation on. */
export function createIamRoles(region: Region): Service {
  const { accountId, roles } = region.world;
  /** What judges every other caller: deployed roles, say. It may be set at any time. */
  let others = region.authorize;
  let own: Authorizer | undefined;
  const enforce = () => {
    if (region.authorize !== own) others = region.authorize;
    const judged = others;
    const judge = createAuthorizer(
      region,
      [...roles.values()].map((it) => ({ roleArn: roleArn(accountId, it), policies: [...it.policies.values()] })),
    );
    own = roles.size > 0 ? (call) => (isOneOf(region.world, call.principal) ? judge : judged)?.(call) : judged;
    region.authorize = own;
  };
  const change = (name: string | undefined, edit: (role: IamRole) => void) => {
    edit(findRole(roles, name));
    enforce();
    return {};
  };
  return {
    name: "iam",
    sdk,
    operations: {
      CreateRole(input: CreateRoleRequest) {
        const { RoleName = "", Path = "/", AssumeRolePolicyDocument = "", Tags = [] } = input;
        if (roles.has(RoleName)) {
          throw new AwsError("EntityAlreadyExists", `Role with name ${RoleName} already exists.`, 409);
        }
        const role: IamRole = {
          roleName: RoleName,
          path: Path,
          trustPolicy: AssumeRolePolicyDocument,
          createdMs: region.clock.now(),
          policies: new Map(),
          tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
        };
        roles.set(RoleName, role);
        enforce();
        return { Role: render(accountId, role) };
      },
      // Pages are not modelled: there are never that many roles here. Lists have no tags (IAM API reference, ListRoles).
      ListRoles: ({ PathPrefix = "/" }: ListRolesRequest) => ({
        Roles: [...roles.values()]
          .filter(({ path }) => path.startsWith(PathPrefix))
          .map((it) => ({ ...render(accountId, it), Tags: undefined })),
        IsTruncated: false,
      }),
      PutRolePolicy: ({ RoleName, PolicyName = "", PolicyDocument = "" }: PutRolePolicyRequest) =>
        change(RoleName, ({ policies }) => policies.set(PolicyName, PolicyDocument)),
      DeleteRolePolicy: ({ RoleName, PolicyName = "" }: DeleteRolePolicyRequest) =>
        change(RoleName, ({ policies }) => {
          if (!policies.delete(PolicyName)) throw noSuch(`The role policy with name ${PolicyName} cannot be found.`);
        }),
      DeleteRole: ({ RoleName }: { RoleName?: string }) =>
        change(RoleName, ({ roleName, policies }) => {
          if (policies.size > 0) {
            throw new AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409);
          }
          roles.delete(roleName);
        }),
    },
  };
}

function findRole(roles: World["roles"], name: string | undefined): IamRole {
  const role = roles.get(name ?? "");
  if (!role) throw noSuch(`The role with name ${name} cannot be found.`);
  return role;
}

function noSuch(message: string): AwsError {
  return new AwsError("NoSuchEntity", message, 404);
}

function render(accountId: string, role: IamRole): RoleItem {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: "AROAEXAMPLEROLE",
    Arn: roleArn(accountId, role),
    CreateDate: new Date(role.createdMs),
    // As IAM answers it (IAM API reference, Role).
    AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
    Tags: Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** Returns whether the caller is a session of a role that was made here. */
function isOneOf({ roles }: World, principal: string | undefined): boolean {
  const [kind, ...rest] = principal?.split(":").at(-1)?.split("/") ?? [];
  return roles.has((kind === "assumed-role" ? rest[0] : rest.at(-1)) ?? "");
}
