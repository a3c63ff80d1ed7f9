import type {
  AssociateRouteTableRequest,
  CreateRouteRequest,
  CreateRouteTableRequest,
  DeleteRouteRequest,
  DescribeRouteTablesRequest,
  ReplaceRouteRequest,
  ReplaceRouteTableAssociationRequest,
} from "@aws-sdk/client-ec2";
import { demandOwner, describeItems, type Ec2Context, requireRecord, tagsFrom } from "./ec2-context.ts";
import type { FilterPaths } from "./ec2-filters.ts";
import { renderItem, routeTableAssociationId } from "./ec2-render.ts";
import { AwsError, type Operation } from "./service.ts";
import type { Route, RouteTable, World } from "./world.ts";

const FILTERS: FilterPaths = {
  "association.main": "Associations.Main",
  "association.route-table-association-id": "Associations.RouteTableAssociationId",
  "association.route-table-id": "Associations.RouteTableId",
  "association.subnet-id": "Associations.SubnetId",
  "route.destination-cidr-block": "Routes.DestinationCidrBlock",
  "route.destination-prefix-list-id": "Routes.DestinationPrefixListId",
  "route.gateway-id": "Routes.GatewayId",
  "route.nat-gateway-id": "Routes.NatGatewayId",
  "route.state": "Routes.State",
  "route-table-id": "RouteTableId",
  "vpc-id": "VpcId",
};

/** A new table of the VPC, with the local route that every table has. */
export function addRouteTable(
  { world, views, identifiers }: Ec2Context,
  vpcId: string,
  { main, tags }: Pick<RouteTable, "main" | "tags">,
): string {
  const { cidrBlock } = requireRecord(world, "vpcs", vpcId);
  const routeTableId = identifiers.resource("rtb");
  const routes: Route[] = [{ destinationCidrBlock: cidrBlock, gatewayId: "local", state: "active" }];
  world.routeTables.set(routeTableId, { routeTableId, vpcId, routes, subnetIds: [], main, tags });
  views.created("routeTables", routeTableId);
  return routeTableId;
}

type Change = (id: string | undefined, edit: (table: RouteTable) => void) => void;

export function routeOperations(context: Ec2Context): Record<string, Operation> {
  const { world, views } = context;
  const change: Change = (id, edit) => {
    const table = requireRecord(world, "routeTables", id);
    demandOwner(world, table.vpcId);
    edit(table);
    views.changed("routeTables", table.routeTableId);
  };
  return {
    DescribeRouteTables: ({ RouteTableIds: ids, Filters: filters }: DescribeRouteTablesRequest) => ({
      RouteTables: describeItems(context, "routeTables", { ids, filters, paths: FILTERS }),
    }),
    CreateRouteTable: (input: CreateRouteTableRequest) => {
      const id = addRouteTable(context, input.VpcId ?? "", { main: false, tags: tagsFrom(input.TagSpecifications) });
      return { RouteTable: renderItem(world, "routeTables", id) };
    },
    AssociateRouteTable: (input: AssociateRouteTableRequest) => associate(world, change, input),
    /** Makes another table the VPC's main one; of a subnet's association it is not modelled. */
    ReplaceRouteTableAssociation: (input: ReplaceRouteTableAssociationRequest) => replaceMain(world, change, input),
    ...entryOperations(world, change),
  };
}

function associate(world: World, change: Change, input: AssociateRouteTableRequest) {
  const { subnetId } = requireRecord(world, "subnets", input.SubnetId);
  const other = [...world.routeTables.values()].find((table) => table.subnetIds.includes(subnetId));
  if (other && other.routeTableId !== input.RouteTableId) {
    const id = routeTableAssociationId(subnetId);
    throw new AwsError(
      "Resource.AlreadyAssociated",
      `the specified association for route table ${other.routeTableId} conflicts with an existing association ${id}`,
    );
  }
  if (!other) change(input.RouteTableId, (table) => table.subnetIds.push(subnetId));
  return { AssociationId: routeTableAssociationId(subnetId), AssociationState: { State: "associated" } };
}

function replaceMain(
  world: World,
  change: Change,
  { AssociationId, RouteTableId }: ReplaceRouteTableAssociationRequest,
) {
  const before = [...world.routeTables.values()].find(
    ({ main, routeTableId }) => main && routeTableAssociationId(routeTableId) === AssociationId,
  );
  if (!before) {
    throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${AssociationId}' does not exist`);
  }
  const next = requireRecord(world, "routeTables", RouteTableId);
  change(before.routeTableId, (table) => {
    table.main = false;
  });
  change(next.routeTableId, (table) => {
    table.main = true;
  });
  const NewAssociationId = routeTableAssociationId(next.routeTableId);
  return { NewAssociationId, AssociationState: { State: "associated" } };
}

function entryOperations(world: World, change: Change): Record<string, Operation> {
  return {
    CreateRoute: (input: CreateRouteRequest) => {
      change(input.RouteTableId, (table) => {
        const route = toRoute(world, input);
        if (indexOf(table, route.destinationCidrBlock) >= 0) {
          throw new AwsError(
            "RouteAlreadyExists",
            `The route identified by ${route.destinationCidrBlock} already exists.`,
          );
        }
        table.routes.push(route);
      });
      return { Return: true };
    },
    ReplaceRoute: (input: ReplaceRouteRequest) => {
      change(input.RouteTableId, (table) => {
        const route = toRoute(world, input);
        const index = indexOf(table, route.destinationCidrBlock);
        if (index < 0) throw noRouteToReplace(table, route.destinationCidrBlock);
        table.routes[index] = route;
      });
      return {};
    },
    DeleteRoute: (input: DeleteRouteRequest) => {
      change(input.RouteTableId, (table) => {
        const destination = input.DestinationCidrBlock ?? "";
        const index = indexOf(table, destination);
        if (index < 0) {
          throw new AwsError(
            "InvalidRoute.NotFound",
            `no route with destination-cidr-block ${destination} in route table ${table.routeTableId}`,
          );
        }
        table.routes.splice(index, 1);
      });
      return {};
    },
  };
}

function indexOf(table: RouteTable, destination: string): number {
  return table.routes.findIndex((route) => route.destinationCidrBlock === destination);
}

/** The documentation lists `InvalidRoute.NotFound`, but this is what the live API answers (seen in moto PR 6425). */
function noRouteToReplace(table: RouteTable, destination: string): AwsError {
  return new AwsError(
    "InvalidParameterValue",
    `There is no route defined for '${destination}' in the route table ${table.routeTableId}. Use CreateRoute instead.`,
  );
}

/** Exactly one target, and it must exist. */
function toRoute(
  world: World,
  input: CreateRouteRequest | ReplaceRouteRequest,
): Route & { readonly destinationCidrBlock: string } {
  const { DestinationCidrBlock: destinationCidrBlock, GatewayId: gatewayId, NatGatewayId: natGatewayId } = input;
  if (!destinationCidrBlock)
    throw new AwsError("MissingParameter", "The request must contain the parameter destinationCidrBlock");
  if (gatewayId && natGatewayId) {
    throw new AwsError(
      "InvalidParameterCombination",
      "The parameters gatewayId and natGatewayId cannot be used together",
    );
  }
  if (gatewayId) {
    if (!world.internetGateways.has(gatewayId)) {
      throw new AwsError("InvalidGatewayID.NotFound", `The gateway ID '${gatewayId}' does not exist`);
    }
    return { destinationCidrBlock, gatewayId, state: "active" };
  }
  if (!natGatewayId)
    throw new AwsError("MissingParameter", "The request must contain exactly one of gatewayId, natGatewayId");
  const gateway = world.natGateways.get(natGatewayId);
  // That a failed or deleted gateway counts as none, and that a dying one is still accepted, is assumed.
  if (!gateway || gateway.state === "failed" || gateway.state === "deleted") {
    throw new AwsError("InvalidNatGatewayID.NotFound", `The natGateway ID '${natGatewayId}' does not exist`);
  }
  return { destinationCidrBlock, natGatewayId, state: gateway.state === "deleting" ? "blackhole" : "active" };
}
