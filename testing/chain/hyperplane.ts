/**
 * Lambda's part that no emulator plays: an interface for each subnet and set of groups that a function is configured with,
 * and by which address each function's packets leave. Interfaces that nobody uses any more linger, as Lambda's do.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Operator } from "../deployment/operator.ts";
import { sharedPool } from "../twin/partners.ts";

const lingerMs = 20_000;
const tickMs = 500;

interface Found {
  readonly Functions: readonly {
    readonly FunctionName: string;
    readonly VpcConfig?: { readonly SubnetIds?: readonly string[]; readonly SecurityGroupIds?: readonly string[] };
  }[];
  readonly Addresses: readonly {
    readonly AllocationId: string;
    readonly PublicIp: string;
    readonly NetworkInterfaceId?: string;
  }[];
  readonly RouteTables: readonly {
    readonly Associations: readonly { readonly SubnetId?: string }[];
    readonly Routes: readonly {
      readonly DestinationCidrBlock?: string;
      readonly GatewayId?: string;
      readonly NatGatewayId?: string;
    }[];
  }[];
  readonly NatGateways?: readonly {
    readonly NatGatewayId: string;
    readonly State: string;
    readonly NatGatewayAddresses: readonly { readonly AllocationId: string }[];
  }[];
}

interface Holder {
  readonly networkInterfaceId: string;
  readonly attachmentId: string;
  lastUsedMs: number;
}

export class EmulatedHyperplane {
  readonly #holders = new Map<string, Holder>();
  readonly #addresses = new Map<string, string | undefined>();
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(private readonly operator: Operator) {}

  /** Returns the public address by which a function's packets leave; undefined: by none. */
  addressOf(functionName: string): string | undefined {
    return this.#addresses.has(functionName) ? this.#addresses.get(functionName) : sharedPool[0];
  }

  start(): void {
    this.#running = (async () => {
      while (!this.#isStopped) {
        await this.#tick();
        await sleep(tickMs);
      }
    })();
    this.#running.catch(() => {});
  }

  /** @throws Error when a tick has failed */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #tick(): Promise<void> {
    const { Functions } = await this.operator<Found>("lambda", "ListFunctions", { MaxItems: 50 });
    const used = new Map<string, readonly [subnetId: string, key: string]>();
    for (const { FunctionName, VpcConfig: { SubnetIds = [], SecurityGroupIds = [] } = {} } of Functions) {
      for (const subnetId of SubnetIds) {
        const key = `${subnetId} ${[...SecurityGroupIds].sort().join()}`;
        const holder = this.#holders.get(key) ?? (await this.#create(subnetId, SecurityGroupIds, FunctionName));
        holder.lastUsedMs = Date.now();
        this.#holders.set(key, holder);
        if (!used.has(FunctionName)) used.set(FunctionName, [subnetId, key]);
      }
    }
    for (const [key, holder] of this.#holders) {
      if (Date.now() - holder.lastUsedMs > lingerMs) await this.#delete(key, holder);
    }
    await this.#lookAtWaysOut(used);
  }

  async #create(SubnetId: string, groups: readonly string[], name: string): Promise<Holder> {
    const Description = `AWS Lambda VPC ENI-${name}-30bb1fd5-e726-4d80-9ff2-52fd62cd548c`;
    const input = { SubnetId, Groups: groups, Description };
    const { NetworkInterface } = await this.operator<{ NetworkInterface: { NetworkInterfaceId: string } }>(
      "ec2",
      "CreateNetworkInterface",
      input,
    );
    const { NetworkInterfaceId } = NetworkInterface;
    // The emulator knows no interface in use without an instance; this one has no groups of its own.
    const run = { ImageId: "ami-12c6146b", MinCount: 1, MaxCount: 1 };
    const { Instances } = await this.operator<{ Instances: { InstanceId: string }[] }>("ec2", "RunInstances", run);
    const attached = await this.operator<{ AttachmentId: string }>("ec2", "AttachNetworkInterface", {
      NetworkInterfaceId,
      InstanceId: Instances[0]?.InstanceId,
      DeviceIndex: 1,
    });
    return { networkInterfaceId: NetworkInterfaceId, attachmentId: attached.AttachmentId, lastUsedMs: Date.now() };
  }

  async #delete(key: string, { networkInterfaceId, attachmentId }: Holder): Promise<void> {
    this.#holders.delete(key);
    // An interface that carries an address is forgotten to be attached; it can be deleted all the same.
    await this.operator("ec2", "DetachNetworkInterface", { AttachmentId: attachmentId }).catch(() => {});
    await this.operator("ec2", "DeleteNetworkInterface", { NetworkInterfaceId: networkInterfaceId });
  }

  async #lookAtWaysOut(used: ReadonlyMap<string, readonly [string, string]>): Promise<void> {
    const [{ Addresses }, { RouteTables }, { NatGateways = [] }] = await Promise.all([
      this.operator<Found>("ec2", "DescribeAddresses", {}),
      this.operator<Found>("ec2", "DescribeRouteTables", {}),
      this.operator<Found>("ec2", "DescribeNatGateways", {}),
    ]);
    for (const [functionName, [subnetId, key]] of used) {
      const table = RouteTables.find(({ Associations }) => Associations.some((it) => it.SubnetId === subnetId));
      const route = table?.Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
      const gateway = NatGateways.find((it) => it.NatGatewayId === route?.NatGatewayId && it.State === "available");
      const own = this.#holders.get(key)?.networkInterfaceId;
      const address = route?.NatGatewayId
        ? Addresses.find(({ AllocationId }) => AllocationId === gateway?.NatGatewayAddresses[0]?.AllocationId)
        : Addresses.find(({ NetworkInterfaceId }) => NetworkInterfaceId === own);
      this.#addresses.set(functionName, route ? address?.PublicIp : undefined);
    }
  }
}
