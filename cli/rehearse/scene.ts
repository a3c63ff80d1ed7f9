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
import { makeNetwork, makeOtherInterface, type Network } from "./network.ts";
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
  /** An interface that is not Lambda's, in the subnet that is not the pool's. */
  readonly otherInterface: () => Promise<string>;
  /** With the pool's tags. */
  readonly address: () => Promise<Address>;
  /** Without the pool's tags, until `tagAddress` gives it some. */
  readonly spare: () => Promise<Address>;
  /** With an address of its own, and a route to the internet gateway; pending at first. */
  readonly natGateway: () => Promise<MadeGateway>;
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
  /** What functions ask by which address they are seen. */
  readonly echo: string;
}

export function createScene(account: Account, run: Run, ledger: Ledger, { choices, echo }: SceneOptions): Scene {
  const maker = createMaker(account, run, ledger);
  const poolName = nameOf(run, "pool");
  const network = once(() => makeNetwork(maker));
  const interfaces = async () => interfacesIn(account, (await network()).vpcId);
  const makeFunction = createFunctionMaker(maker, { network, interfaces });
  return {
    account,
    run,
    choices,
    poolName,
    network,
    interfaces,
    deployed: once(async () => assumeMover(maker, poolName, (await network()).subnetId)),
    member: once(() => makeFunction(functionParts.member)),
    neighbour: once(() => makeFunction(functionParts.neighbour)),
    otherInterface: once(async () => makeOtherInterface(maker, await network())),
    address: once(() => allocateAddress(maker, "address", poolName)),
    spare: once(() => allocateAddress(maker, "spare")),
    natGateway: once(async () => makeNatGateway(maker, await network())),
    tagAddress: (address, pool) => tagAddress(account, address, pool),
    sample: (functionName, seconds) =>
      invoke<Sample[]>(account, functionName, { url: echo, seconds } satisfies SampleRequest),
    unattached: once(() => makeUnattached(maker)),
    askProcess: (name) => invoke<Process>(account, name, { url: echo, exit: false } satisfies ProcessRequest),
    exitProcess: (name) => invokeInVain(account, name, { url: echo, exit: true } satisfies ProcessRequest),
  };
}

async function interfacesIn(account: Account, vpcId: string): Promise<NetworkInterface[]> {
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const command = new DescribeNetworkInterfacesCommand({ Filters, IncludeManagedResources: true });
  const send = () => account.clients.ec2.send(command);
  return (await ask(account, "ec2:DescribeNetworkInterfaces", send)).NetworkInterfaces ?? [];
}
