/** What `holdfast advise` writes of an account is deployed into that account, by the real CLI and the stand-in engine. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { adviseOn } from "../../cli/advise/advice.ts";
import { configurationFile } from "../../cli/advise/configuration.ts";
import { type Account, emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { type Backend, startBackend } from "../../testing/deployment/stand-in/backend.ts";
import { type Recorded, serve } from "../cli/advise/account.ts";
import { accounts } from "../cli/advise/accounts.ts";
import { deployWith } from "./deploy-with.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
});
afterAll(() => backend.close());

/** The same account as a deployment asks about it. */
function standIn({ subnets, routeTables, addresses, natGateways }: Recorded): Account {
  return {
    ...emptyAccount,
    addressQuota: 20,
    subnets: subnets.map(({ SubnetId = "", VpcId = "", AvailabilityZone = "" }) => ({
      subnetId: SubnetId,
      vpcId: VpcId,
      zone: AvailabilityZone.slice(-1),
    })),
    routeTables: routeTables.map(({ RouteTableId = "", VpcId = "", Associations = [], Routes = [] }) => {
      const route = Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
      return {
        routeTableId: RouteTableId,
        vpcId: VpcId,
        main: false,
        subnetIds: Associations.flatMap(({ SubnetId }) => SubnetId ?? []),
        defaultRoute: route?.NatGatewayId ?? route?.GatewayId,
      };
    }),
    addresses: addresses.map(({ AllocationId = "" }) => ({ allocationId: AllocationId, tags: {} })),
    natGateways: natGateways.map(({ NatGatewayId = "" }) => ({ natGatewayId: NatGatewayId, tags: {} })),
  };
}

it("deploys, and takes the addresses that it lists", async () => {
  const recorded = accounts["idle addresses, enough for a pool"];
  const facts = await serve(recorded).read();
  const [advice] = adviseOn(facts).regions;
  if (!advice?.configuration) throw new Error("no configuration");
  const file = configurationFile(advice.configuration, advice.region, facts.nowMs);
  const run = await deployWith("existing-network", () => file, standIn(recorded), backend, "production");
  expect(run.exitCode, run.output).toBe(0);
  const tags = run.records.filter((it) => it.type === "aws:ec2/tag:Tag" && it.inputs["key"] === "holdfast:pool");
  const tagged = tags.map(({ inputs }) => String(inputs["resourceId"])).filter((id) => id.startsWith("eipalloc-"));
  expect(tagged.sort()).toEqual(advice.idleAddresses.map(({ allocationId }) => allocationId).sort());
});
