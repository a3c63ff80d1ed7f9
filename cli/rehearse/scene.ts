/** What the checks share: a network, functions, addresses and the deployed role, each made when the first check needs it. */
import { DescribeNetworkInterfacesCommand, type EC2Client, type NetworkInterface } from "@aws-sdk/client-ec2";
import { type Account, ask } from "./account.ts";
import { type Address, allocateAddress, tagAddress } from "./addresses.ts";
import type { Sample, SampleRequest } from "./function-code.ts";
import { createFunctionMaker, invoke, type MadeFunction } from "./functions.ts";
import type { Ledger } from "./ledger.ts";
import { createMaker, once } from "./make.ts";
import { functionParts, nameOf, type Run } from "./names.ts";
import { makeNetwork, makeOtherInterface, type Network } from "./network.ts";
import { assumeMover } from "./roles.ts";

export interface Scene {
  readonly account: Account;
  readonly run: Run;
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
  readonly tagAddress: (address: Address, pool: string) => Promise<void>;
  readonly poolName: string;
  /** EC2 under exactly the statements by which `relocate` moves addresses. */
  readonly deployed: () => Promise<EC2Client>;
  readonly interfaces: () => Promise<NetworkInterface[]>;
  /** Asks the echo from inside a function. */
  readonly sample: (functionName: string, seconds: number) => Promise<Sample[]>;
}

export function createScene(account: Account, run: Run, ledger: Ledger, echo: string): Scene {
  const maker = createMaker(account, run, ledger);
  const poolName = nameOf(run, "pool");
  const network = once(() => makeNetwork(maker));
  const interfaces = async () => interfacesIn(account, (await network()).vpcId);
  const makeFunction = createFunctionMaker(maker, { network, interfaces });
  return {
    account,
    run,
    poolName,
    network,
    interfaces,
    deployed: once(async () => assumeMover(maker, poolName, (await network()).subnetId)),
    member: once(() => makeFunction(functionParts.member)),
    neighbour: once(() => makeFunction(functionParts.neighbour)),
    otherInterface: once(async () => makeOtherInterface(maker, await network())),
    address: once(() => allocateAddress(maker, "address", poolName)),
    spare: once(() => allocateAddress(maker, "spare")),
    tagAddress: (address, pool) => tagAddress(account, address, pool),
    sample: (functionName, seconds) =>
      invoke<Sample[]>(account, functionName, { url: echo, seconds } satisfies SampleRequest),
  };
}

async function interfacesIn(account: Account, vpcId: string): Promise<NetworkInterface[]> {
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const command = new DescribeNetworkInterfacesCommand({ Filters, IncludeManagedResources: true });
  const send = () => account.clients.ec2.send(command);
  return (await ask(account, "ec2:DescribeNetworkInterfaces", send)).NetworkInterfaces ?? [];
}
