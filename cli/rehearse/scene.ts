/** What the checks share: a network, functions, addresses and the deployed role, each made when the first check needs it. */
import { DescribeNetworkInterfacesCommand, type EC2Client, type NetworkInterface } from "@aws-sdk/client-ec2";
import { type Account, ask } from "./account.ts";
import { type Address, allocateAddress, tagAddress } from "./addresses.ts";
import type { Choices } from "./choices.ts";
import type { Process, ProcessRequest, Sample, SampleRequest } from "./function-code.ts";
import { createFunctionMaker, invoke, invokeInVain, type MadeFunction, makeUnattached } from "./functions.ts";
import type { Ledger } from "./ledger.ts";
import { createMaker, once } from "./make.ts";
import { functionParts, nameOf, type Run } from "./names.ts";
import { type MadeGateway, makeNatGateway } from "./nat-gateway.ts";
import { makeNetwork, makeOtherInterface, type Network, type OwnNetwork } from "./network.ts";
import { assumeMover } from "./roles.ts";

export interface Scene {
  readonly account: Account;
  readonly run: Run;
  readonly choices: Choices;
  readonly network: () => Promise<Network>;
  /** A function in the pool's subnet, active. */
  readonly member: () => Promise<MadeFunction>;
  /** Another in the same subnet with the same group. */
  readonly neighbour: () => Promise<MadeFunction>;
  /** An interface that is not Lambda's, in a subnet that is not the pool's; none beside an existing network. */
  readonly otherInterface: () => Promise<string | undefined>;
  /** With the pool's tags. */
  readonly address: () => Promise<Address>;
  /** Without the pool's tags, until `tagAddress` gives it some. */
  readonly spare: () => Promise<Address>;
  /** With an address of its own, and a route to the internet gateway; pending at first. */
  readonly natGateway: (network: OwnNetwork) => Promise<MadeGateway>;
  readonly tagAddress: (address: Address, pool: string) => Promise<void>;
  readonly poolName: string;
  /** EC2 under exactly the statements by which `relocate` moves addresses. */
  readonly deployed: () => Promise<EC2Client>;
  readonly interfaces: () => Promise<NetworkInterface[]>;
  /** Asks the echo from inside a function. */
  readonly sample: (functionName: string, seconds: number) => Promise<Sample[]>;
  /** The name of a function outside every VPC, active. */
  readonly unattached: () => Promise<string>;
  /** Who answers for it. */
  readonly askProcess: (functionName: string) => Promise<Process>;
  /** Ends its process during a call. Returns what Lambda answers. */
  readonly exitProcess: (functionName: string) => Promise<string>;
}

export interface SceneOptions {
  readonly choices: Choices;
  /** The network that was chosen; undefined: one of the run's own. */
  readonly existing?: Network | undefined;
  /** What functions ask by which address they are seen. */
  readonly echo: string;
}

export function createScene(account: Account, run: Run, ledger: Ledger, options: SceneOptions): Scene {
  const { choices, existing, echo } = options;
  const maker = createMaker(account, run, ledger, choices);
  const poolName = nameOf(run, "pool");
  const network = once(async () => existing ?? makeNetwork(maker));
  const interfaces = async () => interfacesIn(account, await network());
  const makeFunction = createFunctionMaker(maker, { network, interfaces });
  return {
    account,
    run,
    choices,
    poolName,
    network,
    interfaces,
    deployed: once(async () => assumeMover(maker, poolName, (await network()).subnetArn)),
    member: once(() => makeFunction(functionParts.member)),
    neighbour: once(() => makeFunction(functionParts.neighbour)),
    otherInterface: once(async () => {
      const { own, groupId } = await network();
      return own && makeOtherInterface(maker, own, groupId);
    }),
    address: once(() => allocateAddress(maker, "address", poolName)),
    spare: once(() => allocateAddress(maker, "spare")),
    natGateway: (own) => makeNatGateway(maker, own),
    tagAddress: (address, pool) => tagAddress(account, address, pool),
    sample: (functionName, seconds) =>
      invoke<Sample[]>(account, functionName, { url: echo, seconds } satisfies SampleRequest),
    unattached: once(() => makeUnattached(maker)),
    askProcess: (name) => invoke<Process>(account, name, { url: echo, exit: false } satisfies ProcessRequest),
    exitProcess: (name) => invokeInVain(account, name, { url: echo, exit: true } satisfies ProcessRequest),
  };
}

/** In an existing network only those of the run's security groups. */
async function interfacesIn(account: Account, network: Network): Promise<NetworkInterface[]> {
  const { own, vpcId, subnetId, groupId, otherGroupId } = network;
  const groups = [groupId, ...(otherGroupId === undefined ? [] : [otherGroupId])];
  const Filters = own
    ? [{ Name: "vpc-id", Values: [vpcId] }]
    : [
        { Name: "subnet-id", Values: [subnetId] },
        { Name: "group-id", Values: groups },
      ];
  const command = new DescribeNetworkInterfacesCommand({ Filters, IncludeManagedResources: true });
  const send = () => account.clients.ec2.send(command);
  return (await ask(account, "ec2:DescribeNetworkInterfaces", send)).NetworkInterfaces ?? [];
}
