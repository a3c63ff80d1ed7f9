/** What the members' owners do: change networks and code, move aliases, provision concurrency, delete and make anew. */

import type { NetworkFailure } from "../twin/hyperplane.ts";
import type { Random } from "../twin/random.ts";
import { createFunction, type FunctionNetwork, type SimulatedAccount, tryCall, vpcConfigOf } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import type { SimulatedPool } from "./settle-in.ts";

const failures: readonly NetworkFailure[] = ["EniLimitExceeded", "SubnetOutOfIPAddresses", "InternalError"];
const aliasName = "live";

/** Deployments of the pool's members, at the pool's drawn pace. */
export function deployments(account: SimulatedAccount, pool: SimulatedPool): ScheduledFault[] {
  const { operator, path, draw } = account;
  const { name, memberNames } = pool.draw;
  const { aliases, provisioned, paces } = draw;
  const call = <Output>(operation: string, input: object) => tryCall<Output>(operator, "lambda", operation, input);
  const member = (random: Random) => random.pick(memberNames);
  const networkOf = (random: Random) => ({ ...drawNetwork(random, pool), dualStack: draw.foreignKinds.dualStack });
  const moveNetwork = (random: Random, FunctionName: string) =>
    call("UpdateFunctionConfiguration", { FunctionName, VpcConfig: vpcConfigOf(networkOf(random)) });

  return [
    { name: `${name} network`, perDay: paces.deploys / 2, inject: (random) => moveNetwork(random, member(random)) },
    { name: `${name} code`, perDay: paces.deploys / 2, inject: (random) => deployCode(account, pool, random) },
    {
      name: `${name} leaves the VPC`,
      perDay: 0.25,
      inject: async (random) => {
        await call("UpdateFunctionConfiguration", { FunctionName: member(random), VpcConfig: vpcConfigOf(nowhere) });
      },
    },
    {
      name: `${name} deleted`,
      perDay: 0.25,
      inject: async (random) => {
        const FunctionName = member(random);
        const network = networkOf(random);
        await call("DeleteFunction", { FunctionName });
        await account.region.clock.sleep(random.integer(0, 30 * 60_000));
        if (!account.region.world.functions.has(FunctionName))
          await createFunction(account, pool, FunctionName, network);
      },
    },
    {
      name: `${name} alias`,
      perDay: aliases ? 3 : 0,
      inject: (random) => shiftAlias(account, member(random), random),
    },
    {
      name: `${name} provisioned`,
      perDay: provisioned ? 2 : 0,
      inject: async (random) => {
        const FunctionName = member(random);
        const versions = [...(account.region.world.functions.get(FunctionName)?.versions.keys() ?? [])].slice(1);
        if (versions.length === 0) return;
        const Qualifier = random.pick(versions);
        await call(random.chance(0.5) ? "PutProvisionedConcurrencyConfig" : "DeleteProvisionedConcurrencyConfig", {
          FunctionName,
          Qualifier,
          ProvisionedConcurrentExecutions: 1,
        });
      },
    },
    {
      name: `${name} failed update`,
      perDay: paces.failedUpdates,
      inject: async (random) => {
        const FunctionName = member(random);
        path.lambda.hyperplane.failNext(random.pick(failures));
        await moveNetwork(random, FunctionName);
        await account.region.clock.sleep(random.integer(10 * 60_000, 90 * 60_000));
        await moveNetwork(random, FunctionName);
      },
    },
  ];
}

const nowhere: FunctionNetwork = { subnetIds: [], securityGroupIds: [] };

/** Some of the pool's subnets, and one of its groups or both. */
function drawNetwork(random: Random, { network }: SimulatedPool): FunctionNetwork {
  const subnetIds = network.subnetIds.filter(() => random.chance(0.6));
  const groups = random.pick([
    network.securityGroupIds.slice(0, 1),
    network.securityGroupIds.slice(1),
    network.securityGroupIds,
  ]);
  return { subnetIds: subnetIds.length > 0 ? subnetIds : network.subnetIds.slice(0, 1), securityGroupIds: groups };
}

async function deployCode(
  { operator, region, draw }: SimulatedAccount,
  pool: SimulatedPool,
  random: Random,
): Promise<void> {
  const FunctionName = random.pick(pool.draw.memberNames);
  const ZipFile = Buffer.from(String(random.next()));
  await tryCall(operator, "lambda", "UpdateFunctionCode", { FunctionName, ZipFile });
  if (!draw.aliases) return;
  await region.clock.sleep(random.integer(1_000, 60_000));
  const made = await tryCall<{ Version: string }>(operator, "lambda", "PublishVersion", { FunctionName });
  if (!made) return;
  await region.clock.sleep(random.integer(0, 180_000));
  const input = { FunctionName, Name: aliasName, FunctionVersion: made.Version };
  const created = await tryCall(operator, "lambda", "CreateAlias", input);
  if (!created) await tryCall(operator, "lambda", "UpdateAlias", { ...input, RoutingConfig: weights(undefined) });
}

/** A canary: a second version gets its share, or the alias goes to one version alone, or goes away. */
async function shiftAlias({ operator, region }: SimulatedAccount, FunctionName: string, random: Random): Promise<void> {
  const fn = region.world.functions.get(FunctionName);
  const versions = [...(fn?.versions.keys() ?? [])].slice(1);
  if (!fn?.aliases.has(aliasName) || versions.length === 0) return;
  const input = { FunctionName, Name: aliasName };
  if (random.chance(0.15)) {
    await tryCall(operator, "lambda", "DeleteAlias", input);
    return;
  }
  const [FunctionVersion, second] = [random.pick(versions), random.pick(versions)];
  const RoutingConfig = weights(second !== FunctionVersion && random.chance(0.6) ? second : undefined);
  await tryCall(operator, "lambda", "UpdateAlias", { ...input, FunctionVersion, RoutingConfig });
  if (random.chance(0.3)) {
    const Qualifier = random.pick(versions);
    await tryCall(operator, "lambda", "DeleteFunction", { FunctionName, Qualifier });
  }
}

function weights(second: string | undefined) {
  return { AdditionalVersionWeights: second === undefined ? {} : { [second]: 0.1 } };
}
