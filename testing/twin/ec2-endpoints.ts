import type { CreateVpcEndpointRequest, VpcEndpoint as VpcEndpointItem } from "@aws-sdk/client-ec2";
import { demandOwner, type Ec2Context, requireRecord, tagsFrom } from "./ec2-context.ts";
import { AwsError, type Operation } from "./service.ts";
import type { VpcEndpoint } from "./world.ts";

/** AWS's lists of the addresses of the services that have gateway endpoints, by their ids in us-east-1 (VPC user guide). */
const prefixLists: Readonly<Record<string, string>> = { s3: "pl-63a5400a", dynamodb: "pl-02cd2c6b" };

/** Gateway endpoints: a route to the service's prefix list in each of their route tables. Interface endpoints are not modelled. */
export function endpointOperations({ world, views, identifiers }: Ec2Context): Record<string, Operation> {
  return {
    CreateVpcEndpoint: (input: CreateVpcEndpointRequest) => {
      const { vpcId } = requireRecord(world, "vpcs", input.VpcId);
      demandOwner(world, vpcId);
      const { ServiceName: serviceName = "", VpcEndpointType: type = "Gateway" } = input;
      const destinationPrefixListId = prefixLists[serviceName.replace(`com.amazonaws.${world.region}.`, "")];
      if (type !== "Gateway" || destinationPrefixListId === undefined) {
        throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${serviceName}' does not exist`);
      }
      const tables = (input.RouteTableIds ?? []).map((id) => requireRecord(world, "routeTables", id));
      const vpcEndpointId = identifiers.resource("vpce");
      for (const { routeTableId, routes } of tables) {
        routes.push({ destinationPrefixListId, gatewayId: vpcEndpointId, state: "active" });
        views.changed("routeTables", routeTableId);
      }
      const routeTableIds = tables.map(({ routeTableId }) => routeTableId);
      const endpoint = { vpcEndpointId, vpcId, serviceName, routeTableIds, tags: tagsFrom(input.TagSpecifications) };
      world.vpcEndpoints.set(vpcEndpointId, endpoint);
      return { VpcEndpoint: toItem(endpoint) };
    },
    DescribeVpcEndpoints: () => ({ VpcEndpoints: [...world.vpcEndpoints.values()].map(toItem) }),
  };
}

function toItem({ vpcEndpointId, vpcId, serviceName, routeTableIds }: VpcEndpoint): VpcEndpointItem {
  return {
    VpcEndpointId: vpcEndpointId,
    VpcEndpointType: "Gateway",
    VpcId: vpcId,
    ServiceName: serviceName,
    State: "Available",
    RouteTableIds: [...routeTableIds],
  };
}
