/** Other ways to keep a function's outgoing addresses, each as its public description has it (docs/comparison.md). */
import type { BaselineScene, Ways } from "./baseline-scene.ts";

export interface Baseline {
  readonly name: string;
  readonly source: string;
  readonly spares: number;
  /** What runs all the time, by count; addresses apart from those of the pool. */
  readonly keeps: { readonly addresses: number; readonly natGateways: number; readonly natInstances: number };
  /** Whether Holdfast is deployed. */
  readonly holdfast: boolean;
  /** Starts the baseline. Returns how packets leave if that is not by the twin's interfaces and routes. */
  start(scene: BaselineScene): Promise<Ways | undefined>;
}

const zones = 2;
const nothing = { addresses: 0, natGateways: 0, natInstances: 0 };

export const baselines: readonly Baseline[] = [
  {
    name: "nothing",
    source: "a VPC function in a public subnet",
    spares: 0,
    keeps: nothing,
    holdfast: false,
    start: async () => undefined,
  },
  {
    name: "associate once at deploy",
    source: "AWS serverless pattern `lambda-elastic-ip-no-nat-gateway-cdk`",
    spares: 0,
    keeps: { ...nothing, addresses: zones },
    holdfast: false,
    start: (scene) => scene.associateOnce(),
  },
  {
    name: "interface events, a new address each",
    source: "lambdaeip (glassechidna/lambdaeip: create.go, delete.go, cfn.yml)",
    spares: 0,
    keeps: { ...nothing, addresses: zones },
    holdfast: false,
    start: (scene) => scene.followInterfaceEvents(),
  },
  {
    name: "process-exit guard",
    source:
      "commercetools' recipe: outside a VPC, test the target at cold start, leave the process on a 403, let the client try again",
    spares: 0,
    keeps: nothing,
    holdfast: false,
    start: async (scene) => scene.leaveBySharedPool(),
  },
  {
    name: "NAT gateway always",
    source: "VPC user guide, NAT gateways: one per zone",
    spares: 0,
    keeps: { addresses: zones, natGateways: zones, natInstances: 0 },
    holdfast: false,
    start: async (scene) => scene.leaveByNat("gateway"),
  },
  {
    name: "NAT instances, NAT gateways behind them",
    source: "alterNAT (1debit/alternat: functions/replace-route/app.py, lambda.tf)",
    spares: 0,
    keeps: { addresses: 2 * zones, natGateways: zones, natInstances: zones },
    holdfast: false,
    start: async (scene) => scene.leaveByNat("instance"),
  },
  {
    name: "Holdfast without spares",
    source: "this repository",
    spares: 0,
    keeps: { ...nothing, addresses: zones + 1 },
    holdfast: true,
    start: async () => undefined,
  },
  {
    name: "Holdfast",
    source: "this repository",
    spares: 2,
    keeps: { ...nothing, addresses: zones + 2 + 1 },
    holdfast: true,
    start: async () => undefined,
  },
];
