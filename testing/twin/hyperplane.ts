import type { Timer, VirtualClock } from "./clock.ts";
import { type Delays, draw } from "./delays.ts";
import type { Ec2Store } from "./ec2-store.ts";
import type { Identifiers } from "./identifiers.ts";
import type { Environment } from "./lambda-invocation.ts";
import type { Random } from "./random.ts";
import { AwsError } from "./service.ts";
import type { FunctionVersion, LambdaFunction, NetworkInterface, VpcConfig, World } from "./world.ts";

/** Why Lambda could not get an interface: the reason codes of `GetFunctionConfiguration` (SDK `LastUpdateStatusReasonCode`). */
export type NetworkFailure =
  | "EniLimitExceeded"
  | "SubnetOutOfIPAddresses"
  | "InvalidSubnet"
  | "InvalidSecurityGroup"
  | "InsufficientRolePermissions"
  | "EC2RequestLimitExceeded"
  | "InternalError";

/** An EC2 call that Lambda makes with a function's execution role: it shows in CloudTrail. */
export interface RoleCall {
  readonly operation: "CreateNetworkInterface" | "DeleteNetworkInterface";
  readonly role: string;
  readonly networkInterface: NetworkInterface;
}

export interface HyperplaneOptions {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly identifiers: Identifiers;
  readonly ec2: Ec2Store;
  readonly delays: Delays;
  /** Called when interfaces are created and deleted. */
  readonly onRoleCall?: ((call: RoleCall) => void) | undefined;
  /** Called after every change of an interface's status. */
  readonly onChange?: (() => void) | undefined;
  /** Interfaces that a VPC may have: 500 by default (Lambda developer guide, VPC). */
  readonly interfacesPerVpc?: number | undefined;
  /** Whether an interface stays as long as an address is on it. Not documented; false by default. */
  readonly addressKeepsInterface?: boolean | undefined;
}

type Waiter = (failure?: NetworkFailure) => void;

/** One unique (subnet, set of security groups): what Lambda shares between all that use it. */
interface Combination {
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  /** Of the function that came first: interfaces carry its name and are deleted with its role. */
  readonly functionName: string;
  readonly role: string;
  /** Interfaces that serve or are about to: pending or in use. */
  readonly interfaceIds: Set<string>;
  readonly waiters: Waiter[];
  removal: Timer | undefined;
}

/** Returns the identity of a combination: groups are a set. */
export function combinationKey(subnetId: string, securityGroupIds: readonly string[]): string {
  const groups = securityGroupIds.length > 1 ? [...securityGroupIds].sort() : securityGroupIds;
  return `${subnetId}|${groups.join()}`;
}

/** What a version holds interfaces for: what serves it, and what it is to be served by. */
export function configsInUse(version: FunctionVersion): VpcConfig[] {
  if (version.state === "Inactive" || version.state === "Failed") return [];
  return [version.vpcConfig, version.servedBy].filter((config) => config !== undefined);
}

/**
 * Lambda's side of the network: interfaces per unique (subnet, set of security groups), shared by all functions and
 * versions that use it (Lambda developer guide, VPC). They come with the first user and go after the last.
 */
export class Hyperplane {
  readonly #options: HyperplaneOptions;
  readonly #random: Random;
  readonly #combinations = new Map<string, Combination>();
  readonly #failures: NetworkFailure[] = [];
  readonly #running = new Set<Environment>();

  constructor(options: HyperplaneOptions) {
    this.#options = options;
    this.#random = options.random.fork("hyperplane");
  }

  /** Brings the interfaces of a configuration, and calls `done` once all are in use, or with the first failure. */
  acquire(config: VpcConfig, owner: LambdaFunction, role: string, done: Waiter): void {
    let left = config.subnetIds.length;
    let first: NetworkFailure | undefined;
    const each: Waiter = (failure) => {
      left--;
      first ??= failure;
      if (left === 0) done(first);
    };
    for (const subnetId of config.subnetIds) {
      this.#require(this.#combination(subnetId, config.securityGroupIds, owner.functionName, role), each);
    }
  }

  /** Environments in which an invocation runs: their interfaces stay, whatever their versions are configured with by now. */
  get running(): ReadonlySet<Environment> {
    return this.#running;
  }

  /** Lets an environment use its interfaces. Returns the function that ends it. */
  enter(environment: Environment): () => void {
    this.#running.add(environment);
    return () => {
      this.#running.delete(environment);
      if (environment.network !== environment.version.servedBy) this.reconsider();
    };
  }

  /** To be called whenever a function may have started or stopped using a combination: starts or cancels removals. */
  reconsider(): void {
    const used = new Set<string>();
    const use = (config: VpcConfig) => {
      for (const subnetId of config.subnetIds) used.add(combinationKey(subnetId, config.securityGroupIds));
    };
    for (const { network } of this.#running) if (network) use(network);
    for (const { versions } of this.#options.world.functions.values()) {
      for (const version of versions.values()) configsInUse(version).forEach(use);
    }
    for (const [key, it] of this.#combinations) {
      if (used.has(key)) {
        it.removal?.cancel();
        it.removal = undefined;
      } else if (!it.removal) {
        it.removal = this.#options.clock.after(this.#draw("interfaceRemoval"), () => this.#remove(key));
      }
    }
  }

  /**
   * As many interfaces for a combination as `count` says, as Lambda does above 65,000 connections each
   * (Lambda developer guide, VPC). Throws `RangeError` when nothing uses the combination.
   */
  scale(subnetId: string, securityGroupIds: readonly string[], count: number): void {
    const it = this.#combinations.get(combinationKey(subnetId, securityGroupIds));
    if (!it) throw new RangeError(`no function uses ${combinationKey(subnetId, securityGroupIds)}`);
    for (let missing = count - it.interfaceIds.size; missing > 0; missing--) this.#create(it, () => {});
    for (const id of [...it.interfaceIds].slice(count)) this.#release(it, id);
  }

  /** Replaces an interface, as Lambda may at any time: a new one comes into use, then the old one goes. */
  replace(networkInterfaceId: string): void {
    const it = [...this.#combinations.values()].find(({ interfaceIds }) => interfaceIds.has(networkInterfaceId));
    if (!it) throw new RangeError(`${networkInterfaceId} serves no function`);
    this.#create(it, (failure) => {
      if (!failure) this.#release(it, networkInterfaceId);
    });
  }

  /** Makes the next acquisition fail that needs a new interface. */
  failNext(failure: NetworkFailure): void {
    this.#failures.push(failure);
  }

  #combination(subnetId: string, securityGroupIds: readonly string[], functionName: string, role: string): Combination {
    const key = combinationKey(subnetId, securityGroupIds);
    const known = this.#combinations.get(key);
    if (known) return known;
    const it = {
      subnetId,
      securityGroupIds,
      functionName,
      role,
      interfaceIds: new Set<string>(),
      waiters: [],
      removal: undefined,
    };
    this.#combinations.set(key, it);
    return it;
  }

  #require(it: Combination, done: Waiter): void {
    const { clock, world } = this.#options;
    const serving = [...it.interfaceIds].some((id) => world.networkInterfaces.get(id)?.status === "in-use");
    if (serving) {
      clock.after(this.#draw("interfaceReuse"), () => done());
      return;
    }
    it.waiters.push(done);
    if (it.waiters.length > 1) return;
    this.#create(it, (failure) => {
      for (const waiter of it.waiters.splice(0)) waiter(failure);
    });
  }

  #create(it: Combination, done: Waiter): void {
    const { clock, ec2, world } = this.#options;
    const appearsMs = this.#draw("interfaceAppears");
    const usableMs = Math.max(appearsMs, this.#draw("interfaceCreation"));
    clock.after(appearsMs, () => {
      const made = this.#make(it);
      if (typeof made === "string") {
        done(made);
        return;
      }
      const id = made.networkInterfaceId;
      it.interfaceIds.add(id);
      clock.after(usableMs - appearsMs, () => {
        // It was deleted, or its combination went, while it was being made.
        if (!world.networkInterfaces.has(id) || !it.interfaceIds.has(id)) {
          it.interfaceIds.delete(id);
          done("InternalError");
          return;
        }
        ec2.setNetworkInterfaceStatus(id, "in-use");
        this.#options.onChange?.();
        this.#replaceSomeDay(id);
        done();
      });
    });
  }

  #make(it: Combination): NetworkInterface | NetworkFailure {
    const injected = this.#failures.shift();
    if (injected) return injected;
    const { ec2, identifiers, onRoleCall, world, interfacesPerVpc = 500 } = this.#options;
    const vpcId = world.subnets.get(it.subnetId)?.vpcId;
    const siblings = [...world.networkInterfaces.values()].filter((other) => other.vpcId === vpcId);
    if (siblings.length >= interfacesPerVpc) return "EniLimitExceeded";
    try {
      const networkInterface = ec2.createNetworkInterface({
        subnetId: it.subnetId,
        securityGroupIds: it.securityGroupIds,
        interfaceType: "lambda",
        description: `AWS Lambda VPC ENI-${it.functionName}-${identifiers.uuid()}`,
        requesterId: `AROAEXAMPLEROLE:${world.accountId}`,
      });
      onRoleCall?.({ operation: "CreateNetworkInterface", role: it.role, networkInterface: { ...networkInterface } });
      return networkInterface;
    } catch (error) {
      if (error instanceof AwsError) return failures[error.code] ?? "InternalError";
      throw error;
    }
  }

  #remove(key: string): void {
    const it = this.#combinations.get(key);
    if (!it) return;
    this.#combinations.delete(key);
    for (const id of it.interfaceIds) this.#release(it, id);
  }

  /** `in-use` → `available` → deleted with the role of the function that came first. */
  #release(it: Combination, id: string): void {
    const { clock, ec2, onRoleCall, world } = this.#options;
    it.interfaceIds.delete(id);
    if (!world.networkInterfaces.has(id)) return;
    ec2.setNetworkInterfaceStatus(id, "available");
    this.#options.onChange?.();
    clock.after(this.#draw("interfaceDeletion"), () => {
      const networkInterface = world.networkInterfaces.get(id);
      if (!networkInterface) return;
      if (this.#isKept(id)) {
        this.#release(it, id);
        return;
      }
      ec2.deleteNetworkInterface(id);
      onRoleCall?.({ operation: "DeleteNetworkInterface", role: it.role, networkInterface });
      this.#options.onChange?.();
    });
  }

  #isKept(id: string): boolean {
    const { world, addressKeepsInterface } = this.#options;
    return addressKeepsInterface === true && [...world.addresses.values()].some((it) => it.networkInterfaceId === id);
  }

  #replaceSomeDay(id: string): void {
    const perDay = this.#options.delays.interfaceReplacementsPerDay;
    if (perDay <= 0) return;
    const waitMs = (-Math.log(1 - this.#random.next()) / perDay) * 86_400_000;
    this.#options.clock.after(waitMs, () => {
      if ([...this.#combinations.values()].some(({ interfaceIds }) => interfaceIds.has(id))) this.replace(id);
    });
  }

  #draw(
    name: "interfaceAppears" | "interfaceCreation" | "interfaceReuse" | "interfaceRemoval" | "interfaceDeletion",
  ): number {
    return draw(this.#random, this.#options.delays[name]);
  }
}

const failures: Record<string, NetworkFailure> = {
  "InvalidSubnetID.NotFound": "InvalidSubnet",
  "InvalidGroup.NotFound": "InvalidSecurityGroup",
  InsufficientFreeAddressesInSubnet: "SubnetOutOfIPAddresses",
};
