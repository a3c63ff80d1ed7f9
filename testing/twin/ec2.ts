import * as sdk from "@aws-sdk/client-ec2";
import type { Delays } from "./delays.ts";
import { type AddressRules, addressOperations, createAddressStore } from "./ec2-addresses.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { deletionOperations } from "./ec2-deletion.ts";
import { endpointOperations } from "./ec2-endpoints.ts";
import { firewallOperations } from "./ec2-firewalls.ts";
import { createStore, interfaceOperations } from "./ec2-interfaces.ts";
import { natOperations } from "./ec2-nat.ts";
import { NatLifecycle } from "./ec2-nat-lifecycle.ts";
import { networkOperations, shareVpc } from "./ec2-network.ts";
import { routeOperations } from "./ec2-routes.ts";
import type { Ec2Store } from "./ec2-store.ts";
import { tagOperations } from "./ec2-tags.ts";
import { createViews } from "./ec2-views.ts";
import type { RegionContext } from "./region-context.ts";
import { AwsError, type Operation, type Service } from "./service.ts";

export interface Ec2 {
  readonly service: Service;
  readonly store: Ec2Store;
}

export interface Ec2Options extends AddressRules {
  /** NAT gateways that a zone may have. */
  readonly natGatewayQuota: number;
  readonly delays: Delays;
}

/** EC2 as far as outgoing addresses are concerned. */
export function createEc2(base: RegionContext, options: Ec2Options): Ec2 {
  const { natGatewayQuota, delays } = options;
  const listeners = new Set<() => void>();
  const changedByItself = () => {
    for (const listener of listeners) listener();
  };
  const context: Ec2Context = { ...base, views: createViews(base), delays, changedByItself };
  const interfaces = createStore(context);
  const lifecycle = new NatLifecycle(context, interfaces);
  const addresses = createAddressStore(context);
  const store: Ec2Store = {
    ...interfaces,
    failNextNatGateway: (code) => lifecycle.failNext(code),
    shareVpc: (vpcId, ownerId) => shareVpc(context, vpcId, ownerId),
    addManagedAddress: (serviceManaged) => addresses.add({ serviceManaged }),
    stallViews: context.views.stall,
    get viewsStalledUntilMs() {
      return context.views.stalledUntilMs;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const operations = {
    ...networkOperations(context),
    ...routeOperations(context),
    ...endpointOperations(context),
    ...deletionOperations(context),
    ...firewallOperations(context),
    ...natOperations(context, lifecycle, natGatewayQuota),
    ...interfaceOperations(context, interfaces),
    ...addressOperations(context, addresses, options),
    ...tagOperations(context),
  };
  const withDryRun = Object.entries(operations).map(([name, operation]) => [name, honourDryRun(operation)]);
  return { store, service: { name: "ec2", sdk, operations: Object.fromEntries(withDryRun) } };
}

/** A dry run asks for permission only; authorisation has been given by the time an operation runs. */
function honourDryRun(operation: Operation): Operation {
  return (input: { DryRun?: boolean }, call) => {
    if (input.DryRun) {
      throw new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
    }
    return operation(input, call);
  };
}
