/** Other ways to keep a function's outgoing addresses, each as its public description has it (docs/comparison.md). */
import type { RivalScene } from "./rival-scene.ts";

export interface Rival {
  readonly name: string;
  readonly source: string;
  readonly spares: number;
  /** USD a month: what it keeps running, by count. */
  readonly addresses: number;
  readonly natGateways: number;
  readonly holdfast: boolean;
  start(scene: RivalScene): Promise<void>;
}

const zones = 2;

export const rivals: readonly Rival[] = [
  {
    name: "nothing",
    source: "a VPC function in a public subnet",
    ...{ spares: 0, addresses: 0, natGateways: 0, holdfast: false },
    start: async () => {},
  },
  {
    name: "associate once at deploy",
    source: "AWS serverless pattern `lambda-elastic-ip-no-nat-gateway-cdk`",
    ...{ spares: 0, addresses: zones, natGateways: 0, holdfast: false },
    start: (scene) => scene.associateOnce(),
  },
  {
    name: "interface events, a new address each",
    source: "lambdaeip (glassechidna/lambdaeip: create.go, delete.go, cfn.yml)",
    ...{ spares: 0, addresses: zones, natGateways: 0, holdfast: false },
    start: (scene) => scene.followInterfaceEvents(),
  },
  {
    name: "NAT gateway always",
    source: "VPC user guide, NAT gateways: one per zone",
    ...{ spares: 0, addresses: zones, natGateways: zones, holdfast: false },
    start: (scene) => scene.routeThroughNat(),
  },
  {
    name: "Holdfast without spares",
    source: "this repository",
    ...{ spares: 0, addresses: zones, natGateways: 0, holdfast: true },
    start: async () => {},
  },
  {
    name: "Holdfast",
    source: "this repository",
    ...{ spares: 2, addresses: zones + 2, natGateways: 0, holdfast: true },
    start: async () => {},
  },
];
