import { draw } from "./delays.ts";
import type { Ec2Context } from "./ec2-context.ts";
import type { InterfaceStore } from "./ec2-interfaces.ts";
import type { NatFailureCode } from "./ec2-store.ts";
import type { Random } from "./random.ts";
import { AwsError } from "./service.ts";
import type { Address, NatGateway, World } from "./world.ts";

/** States and texts: SDK, `NatGateway`. What is wrong with a request shows only afterwards, as the state `failed`. */
export class NatLifecycle {
  readonly #context: Ec2Context;
  readonly #store: InterfaceStore;
  readonly #random: Random;
  readonly #injected: NatFailureCode[] = [];
  /** Gateways that hold their addresses. */
  readonly #holding = new Set<NatGateway>();

  constructor(context: Ec2Context, store: InterfaceStore) {
    this.#context = context;
    this.#store = store;
    this.#random = context.random.fork("ec2 nat gateways");
  }

  failNext(code: NatFailureCode): void {
    this.#injected.push(code);
  }

  /** A pending gateway takes its addresses, or fails; some time later it is available. */
  start(gateway: NatGateway): void {
    const { clock, delays } = this.#context;
    const checksMs = draw(this.#random, delays.natGatewayChecks);
    const creationMs = Math.max(checksMs, draw(this.#random, delays.natGatewayCreation));
    const injected = this.#injected.shift();
    clock.after(checksMs, () => {
      if (gateway.state !== "pending") return;
      const failure = injected ?? this.#take(gateway);
      if (failure) this.#fail(gateway, failure);
      else this.#changed(gateway);
    });
    clock.after(creationMs, () => {
      if (gateway.state !== "pending") return;
      gateway.state = "available";
      this.#changed(gateway);
    });
  }

  /** Routes through it are blackholes from now on; its addresses come back when it is deleted. Idempotent. */
  delete(gateway: NatGateway): void {
    if (gateway.state === "deleting" || gateway.state === "deleted") return;
    const { clock, delays, views } = this.#context;
    gateway.state = "deleting";
    views.changed("natGateways", gateway.natGatewayId);
    this.#blackhole(gateway);
    clock.after(draw(this.#random, delays.natGatewayDeletion), () => {
      this.#giveBack(gateway);
      gateway.state = "deleted";
      gateway.deletedMs = clock.now();
      this.#changed(gateway);
      this.#forgetLater(gateway);
    });
  }

  #fail(gateway: NatGateway, code: NatFailureCode): void {
    gateway.state = "failed";
    gateway.failureCode = code;
    gateway.failureMessage = messageOf(code, gateway, this.#context.world);
    this.#blackhole(gateway);
    this.#changed(gateway);
    this.#forgetLater(gateway);
  }

  /** Takes the addresses, each with an interface in a zonal gateway. All or nothing. */
  #take(gateway: NatGateway): NatFailureCode | undefined {
    const { world, views, identifiers } = this.#context;
    const attached = [...world.internetGateways.values()].some(({ vpcId }) => vpcId === gateway.vpcId);
    if (gateway.connectivityType === "public" && !attached) return "Gateway.NotAttached";
    const elastic: Address[] = [];
    for (const { allocationId } of gateway.addresses) {
      if (allocationId === undefined) continue;
      const address = world.addresses.get(allocationId);
      if (!address) return "InvalidAllocationID.NotFound";
      if (address.associationId) return "Resource.AlreadyAssociated";
      elastic.push(address);
    }
    if (gateway.subnetId !== undefined) {
      const refused = this.#makeInterface(gateway, gateway.subnetId);
      if (refused) return refused;
    }
    this.#holding.add(gateway);
    for (const [index, address] of elastic.entries()) {
      address.associationId = identifiers.resource("eipassoc");
      address.networkInterfaceId = gateway.addresses[index]?.networkInterfaceId;
      views.changed("addresses", address.allocationId);
    }
    return undefined;
  }

  /** One interface carries all addresses. Its shape follows a recorded answer. */
  #makeInterface(gateway: NatGateway, subnetId: string): NatFailureCode | undefined {
    try {
      const made = this.#store.createNetworkInterface({
        subnetId,
        securityGroupIds: [],
        interfaceType: "nat_gateway",
        description: `Interface for NAT Gateway ${gateway.natGatewayId}`,
        requesterId: this.#context.world.accountId,
        status: "in-use",
      });
      for (const address of gateway.addresses) address.networkInterfaceId = made.networkInterfaceId;
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error.code as NatFailureCode;
      throw error;
    }
  }

  #giveBack(gateway: NatGateway): void {
    const { world, views } = this.#context;
    if (!this.#holding.delete(gateway)) return;
    const interfaceId = gateway.addresses[0]?.networkInterfaceId;
    if (interfaceId !== undefined) this.#store.deleteNetworkInterface(interfaceId);
    for (const { allocationId } of gateway.addresses) {
      const address = world.addresses.get(allocationId ?? "");
      if (!address) continue;
      address.associationId = undefined;
      views.changed("addresses", address.allocationId);
    }
  }

  #blackhole({ natGatewayId }: NatGateway): void {
    const { world, views } = this.#context;
    for (const table of world.routeTables.values()) {
      const dead = table.routes.filter((route) => route.natGatewayId === natGatewayId);
      for (const route of dead) route.state = "blackhole";
      if (dead.length > 0) views.changed("routeTables", table.routeTableId);
    }
  }

  #forgetLater(gateway: NatGateway): void {
    const { clock, delays, world, views } = this.#context;
    const { natGatewayId, state } = gateway;
    clock.after(delays.natGatewayRecordMs, () => {
      if (gateway.state !== state) return;
      world.natGateways.delete(natGatewayId);
      views.changed("natGateways", natGatewayId);
    });
  }

  #changed({ natGatewayId }: NatGateway): void {
    this.#context.views.changed("natGateways", natGatewayId);
    this.#context.changedByItself();
  }
}

/** Which interface an internal error names is assumed: the gateway's own, though no describe call shows it any more. */
function messageOf(code: NatFailureCode, { vpcId, subnetId, addresses, natGatewayId }: NatGateway, world: World) {
  const taken = addresses.find(({ allocationId }) => world.addresses.get(allocationId ?? "")?.associationId);
  const missing = addresses.find(({ allocationId }) => !world.addresses.has(allocationId ?? ""));
  const address = (taken ?? missing ?? addresses[0])?.allocationId;
  const interfaceId = natGatewayId.replace(/^nat-/, "eni-");
  const messages: Record<NatFailureCode, string> = {
    InsufficientFreeAddressesInSubnet: "Subnet has insufficient free addresses to create this NAT gateway",
    "Gateway.NotAttached": `Network ${vpcId} has no Internet gateway attached`,
    "InvalidAllocationID.NotFound": `Elastic IP address ${address} could not be associated with this NAT gateway`,
    "Resource.AlreadyAssociated": `Elastic IP address ${address} is already associated`,
    InternalError: `Network interface ${interfaceId}, created and used internally by this NAT gateway is in an invalid state. Please try again.`,
    "InvalidSubnetID.NotFound": `The specified subnet ${subnetId} does not exist or could not be found.`,
  };
  return messages[code];
}
