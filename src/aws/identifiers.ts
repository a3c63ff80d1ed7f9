/** Branded identifiers, so that an allocation can never be passed where an interface is meant. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type AllocationId = Branded<"AllocationId">;
export type AssociationId = Branded<"AssociationId">;
export type NetworkInterfaceId = Branded<"NetworkInterfaceId">;
export type SubnetId = Branded<"SubnetId">;
export type SecurityGroupId = Branded<"SecurityGroupId">;
export type VpcId = Branded<"VpcId">;
export type FunctionArn = Branded<"FunctionArn">;
export type RouteTableId = Branded<"RouteTableId">;
export type NatGatewayId = Branded<"NatGatewayId">;
export type InternetGatewayId = Branded<"InternetGatewayId">;

/** Returns the function's name in its ARN. */
export function functionNameIn(functionArn: string): string {
  return functionArn.split(":")[6] ?? functionArn;
}

/** Returns a function's ARN without its version: `arn:aws:lambda:<region>:<account>:function:<name>`. */
export function unqualifiedArn(functionArn: string): FunctionArn {
  return functionArn.split(":").slice(0, 7).join(":") as FunctionArn;
}
