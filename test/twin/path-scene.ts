import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type Delays, fixed } from "../../testing/twin/delays.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { addEventPath, type EventPath, type EventPathOptions } from "../../testing/twin/event-path.ts";
import { buildNetwork, type Network, openScene, type Scene } from "./scene.ts";

/** Delays without chance: each has a length of its own, so that a test can tell which of them passed. */
export const steady: Partial<Delays> = {
  interfaceAppears: fixed(2_000),
  interfaceCreation: fixed(90_000),
  interfaceReuse: fixed(3_000),
  functionSettle: fixed(5_000),
  interfaceRemoval: fixed(19 * 60_000),
  interfaceDeletion: fixed(40_000),
  provisionedConcurrency: fixed(60_000),
  invokeOverhead: fixed(10),
  cloudTrail: fixed(8_000),
  cloudTrailLateRate: 0,
  cloudTrailLossRate: 0,
  cloudTrailDuplicateRate: 0,
  eventBridgeToTarget: fixed(300),
  eventBridgeDuplicateRate: 0,
  sqsPoll: fixed(100),
  schedulerPhase: fixed(20_000),
  schedulerJitter: fixed(0),
  metricIngestion: fixed(2_000),
  alarmPhase: fixed(5_000),
};

export interface PathScene extends Scene {
  readonly path: EventPath;
  readonly network: Network;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  /** A call without the wire: by the operator unless a principal is given. */
  call<T>(service: string, operation: string, input: object, principal?: string): Promise<T>;
}

export function openPath(options: EventPathOptions = {}, seed = 1): Promise<PathScene> {
  const scene = openScene({ seed, throttling: false });
  const path = addEventPath(scene.region, { ...options, delays: { ...steady, ...options.delays } });
  return withNetwork(scene, path);
}

async function withNetwork(scene: Scene, path: EventPath): Promise<PathScene> {
  return {
    ...scene,
    path,
    network: await buildNetwork(scene),
    lambda: new LambdaClient(clientConfig(scene.region)),
    sqs: new SQSClient(clientConfig(scene.region)),
    call: <T>(service: string, operation: string, input: object, principal?: string) =>
      scene.region.call({ service, operation, input: { ...input }, principal }) as Promise<T>,
  };
}

/** The `VpcConfig` of a scene's network, in its subnet or another one. */
export function vpcOf({ network }: PathScene, subnetIds: string[] = [network.subnetId]): object {
  return { VpcConfig: { SubnetIds: subnetIds, SecurityGroupIds: [network.groupId] } };
}

/** Creates a function, in the scene's subnet unless set otherwise, and waits until it is Active. */
export async function createFunction(
  scene: PathScene,
  functionName: string,
  more: object = vpcOf(scene),
): Promise<void> {
  await scene.call("lambda", "CreateFunction", {
    FunctionName: functionName,
    Role: "arn:aws:iam::123456789012:role/partner-role",
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Timeout: 30,
    Code: { ZipFile: Buffer.from(functionName) },
    ...more,
  });
  await scene.region.clock.advance(100_000);
}

/** Lambda's interfaces and their status, in order of creation. */
export function interfaceStates({ region }: PathScene, subnetId?: string): string[] {
  return [...region.world.networkInterfaces.values()]
    .filter((it) => it.interfaceType === "lambda" && (subnetId === undefined || it.subnetId === subnetId))
    .map(({ status }) => status);
}
