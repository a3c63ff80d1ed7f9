/**
 * Removes what runs have left in this region. It goes by what the account shows, so it works after any crash, and again.
 * Functions go first and roles last: Lambda deletes its interfaces with the function's role (Lambda developer guide, VPC).
 */
import {
  type Address,
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteNetworkInterfaceCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  type NetworkInterface,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { DeleteRuleCommand, RemoveTargetsCommand } from "@aws-sdk/client-eventbridge";
import { DeleteRoleCommand, DeleteRolePolicyCommand } from "@aws-sdk/client-iam";
import { DeleteFunctionCommand } from "@aws-sdk/client-lambda";
import { DeleteQueueCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { AwsCallError } from "../../src/aws/errors.ts";
import { type Account, ask, pause } from "./account.ts";
import { eventsPart } from "./check-events.ts";
import { isEmpty, type Ledger, readLedger } from "./ledger.ts";
import { type Made, nameOf, natAddressPart, policyName, rolePath, runIdIn } from "./names.ts";
import type { Action } from "./policy.ts";

/** What could not be removed, and why. */
export interface Left {
  readonly what: string;
  readonly why: string;
}

/** Lambda takes up to 20 minutes for its interfaces (Lambda developer guide, VPC), and at times 35 (Terraform's AWS provider). */
const limitMs = 60 * 60_000;
const stepMs = 15_000;
/** How often in a row nothing must be seen: what was made just before a crash may be seen late. */
const emptyLooks = 2;

/** Returns what is left when the time is up; nothing, usually. @throws AwsCallError when the account cannot be looked at */
export async function clean(account: Account): Promise<readonly Left[]> {
  const untilMs = account.clock.now() + limitMs;
  let empty = 0;
  let said = "";
  let isFirst = true;
  for (;;) {
    const ledger = await readLedger(account);
    empty = isEmpty(ledger) ? empty + 1 : 0;
    if (empty >= emptyLooks) return [];
    const left = await removeAll(account, ledger, isFirst);
    isFirst = false;
    if (account.clock.now() >= untilMs) return left;
    const line = left.map(({ what, why }) => `${what} (${why})`).join(", ");
    if (line !== said && line !== "") account.say(`waiting to remove ${line}`);
    said = line;
    await pause(account, stepMs);
  }
}

/**
 * Tries to remove everything once. Lambda may be making an interface that EC2 does not show yet: in an own network it holds up
 * the removal, in an existing one nothing does, so that the first look there leaves the roles.
 */
async function removeAll(
  account: Account,
  { made, functionNames, roleNames, places }: Ledger,
  isFirst: boolean,
): Promise<readonly Left[]> {
  const { ec2, lambda, iam } = account.clients;
  const left: Left[] = [];
  /** Removes one thing; what is gone already is fine. */
  const remove: Remove = async (what, action, send) => {
    try {
      await ask(account, action, send);
    } catch (error) {
      if (!(error instanceof AwsCallError)) throw error;
      if (!gone.test(error.code)) left.push({ what, why: error.code });
    }
  };
  const each = async (type: string, work: (it: Made) => Promise<void>) => {
    for (const it of made) if (it.type === type) await work(it);
  };

  for (const FunctionName of functionNames) {
    await remove(FunctionName, "lambda:DeleteFunction", () => lambda.send(new DeleteFunctionCommand({ FunctionName })));
  }
  const vpcIds = made.filter(({ type }) => type === "vpc").map(({ id }) => id);
  const ownInterfaces = new Set(
    (await interfacesOf(account, vpcIds, places)).map(({ NetworkInterfaceId }) => NetworkInterfaceId),
  );
  const gateways = made.filter(({ type }) => type === "natgateway");
  for (const { id } of gateways) {
    await remove(id, "ec2:DeleteNatGateway", () => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id })));
    left.push({ what: id, why: "AWS takes a minute or two to delete a NAT gateway" });
  }
  await each("elastic-ip", async ({ id, part }) => {
    if (part === natAddressPart && gateways.length > 0) return;
    const { AssociationId, NetworkInterfaceId } = await addressOf(account, id);
    if (AssociationId && !ownInterfaces.has(NetworkInterfaceId)) {
      left.push({
        what: id,
        why: "it serves something outside the rehearsal's network: take it off, or take its tags away",
      });
      return;
    }
    if (AssociationId) {
      const command = new DisassociateAddressCommand({ AssociationId });
      await remove(id, "ec2:DisassociateAddress", () => ec2.send(command));
    }
    await remove(id, "ec2:ReleaseAddress", () => ec2.send(new ReleaseAddressCommand({ AllocationId: id })));
  });
  await each("network-interface", ({ id }) => {
    const command = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id });
    return remove(id, "ec2:DeleteNetworkInterface", () => ec2.send(command));
  });
  // What is in use by functions of ours, and not ours to delete.
  const others = (await interfacesOf(account, vpcIds, places)).filter(
    ({ InterfaceType = "" }) => !["interface", "nat_gateway"].includes(InterfaceType),
  );
  if (others.length > 0) {
    const why = "Lambda deletes them by itself, which takes up to 20 minutes and at times 45";
    return [...left, { what: `${others.length} interfaces of Lambda's`, why }];
  }
  if (gateways.length > 0) return left;
  if (isFirst && places.length > 0) {
    return [...left, { what: "roles", why: "Lambda may still make an interface, and needs them to delete it" }];
  }
  const runIds = [...made.map(({ run }) => run.id), ...[...functionNames, ...roleNames].map(runIdIn)];
  for (const id of new Set(runIds)) await removeEvents(account, nameOf({ id }, eventsPart), remove);
  await each("subnet", ({ id }) =>
    remove(id, "ec2:DeleteSubnet", () => ec2.send(new DeleteSubnetCommand({ SubnetId: id }))),
  );
  await each("security-group", ({ id }) =>
    remove(id, "ec2:DeleteSecurityGroup", () => ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }))),
  );
  await each("internet-gateway", async ({ id, run }) => {
    const own = made.filter((it) => it.type === "vpc" && it.run.id === run.id);
    for (const { id: VpcId } of own) {
      const command = new DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId });
      await remove(id, "ec2:DetachInternetGateway", () => ec2.send(command));
    }
    const command = new DeleteInternetGatewayCommand({ InternetGatewayId: id });
    await remove(id, "ec2:DeleteInternetGateway", () => ec2.send(command));
  });
  await each("route-table", ({ id }) =>
    remove(id, "ec2:DeleteRouteTable", () => ec2.send(new DeleteRouteTableCommand({ RouteTableId: id }))),
  );
  await each("vpc", ({ id }) => remove(id, "ec2:DeleteVpc", () => ec2.send(new DeleteVpcCommand({ VpcId: id }))));
  if (left.length > 0) return left;
  for (const RoleName of roleNames) {
    const policy = new DeleteRolePolicyCommand({ RoleName, PolicyName: policyName });
    await remove(RoleName, "iam:DeleteRolePolicy", () => iam.send(policy));
    await remove(RoleName, "iam:DeleteRole", () => iam.send(new DeleteRoleCommand({ RoleName })));
  }
  return left;
}

type Remove = (what: string, action: Action, send: () => Promise<unknown>) => Promise<void>;

/** A run's rule and queue have names that follow from its id, so they need no list; the roles, which go last, keep it. */
async function removeEvents(account: Account, name: string, remove: Remove): Promise<void> {
  const { eventBridge, sqs } = account.clients;
  const targets = new RemoveTargetsCommand({ Rule: name, Ids: ["queue"] });
  await remove(name, "events:RemoveTargets", () => eventBridge.send(targets));
  await remove(name, "events:DeleteRule", () => eventBridge.send(new DeleteRuleCommand({ Name: name })));
  await remove(name, "sqs:DeleteQueue", async () => {
    const find = () => sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    const { QueueUrl } = await ask(account, "sqs:GetQueueUrl", find);
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  });
}

const gone =
  /NotFound$|^NoSuchEntity(?:Exception)?$|^ResourceNotFoundException$|QueueDoesNotExist$|NonExistentQueue$|^Gateway\.NotAttached$/;

async function addressOf(account: Account, AllocationId: string): Promise<Address> {
  const command = new DescribeAddressesCommand({ Filters: [{ Name: "allocation-id", Values: [AllocationId] }] });
  const { Addresses = [] } = await ask(account, "ec2:DescribeAddresses", () => account.clients.ec2.send(command));
  return Addresses[0] ?? {};
}

/** Returns all of the runs' VPCs, and of an existing network those of Lambda's that have exactly a run's security group. */
async function interfacesOf(
  account: Account,
  vpcIds: readonly string[],
  places: Ledger["places"],
): Promise<NetworkInterface[]> {
  const found = vpcIds.length === 0 ? [] : await interfacesWith(account, { "vpc-id": vpcIds });
  for (const { subnetId, groupIds } of distinct(places)) {
    const inSubnet = await interfacesWith(account, { "subnet-id": [subnetId], "group-id": groupIds });
    found.push(...inSubnet.filter(({ Groups, InterfaceType }) => Groups?.length === 1 && InterfaceType === "lambda"));
  }
  return found;
}

function distinct(places: Ledger["places"]): Ledger["places"] {
  return [...new Map(places.map((it) => [rolePath("", it), it])).values()];
}

async function interfacesWith(
  account: Account,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<NetworkInterface[]> {
  const Filters = Object.entries(filters).map(([Name, values]) => ({ Name, Values: [...values] }));
  const command = new DescribeNetworkInterfacesCommand({ Filters, IncludeManagedResources: true });
  const send = () => account.clients.ec2.send(command);
  return (await ask(account, "ec2:DescribeNetworkInterfaces", send)).NetworkInterfaces ?? [];
}
