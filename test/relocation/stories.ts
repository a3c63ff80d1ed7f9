/** What happens to pools: each story is run as it is, with a crash at every call, and with events lost or repeated. */
import { openScene, type Scene, type SceneOptions } from "../../testing/deployment/relocation-scene.ts";
import { between, type Delays, fixed } from "../../testing/twin/delays.ts";

export interface Story {
  readonly name: string;
  readonly options: SceneOptions;
  /** Brings the pool into its first state; not part of what is asserted. */
  readonly before: (scene: Scene) => Promise<void>;
  readonly change: (scene: Scene) => Promise<void>;
  /** Interfaces that must have an address when all has settled. */
  readonly serving: number;
}

/** Short, fixed delays: the story is about order, not about waiting. */
export const quick: Partial<Delays> = {
  interfaceAppears: fixed(500),
  interfaceCreation: fixed(6_000),
  interfaceReuse: fixed(500),
  functionSettle: fixed(2_000),
  interfaceRemoval: fixed(5 * 60_000),
  interfaceDeletion: fixed(1_000),
  cloudTrail: fixed(3_000),
  cloudTrailLossRate: 0,
  cloudTrailLateRate: 0,
  cloudTrailDuplicateRate: 0,
  eventBridgeDuplicateRate: 0,
  eventBridgeToTarget: fixed(200),
  sqsPoll: fixed(50),
  schedulerJitter: between(0, 1_000),
};

/** Everything in the pool at rest: updates, interfaces, drains and the queue. */
export const restMs = 9 * 60_000;

const settle = (scene: Scene) => scene.pass(3 * 60_000);

async function createOrders(scene: Scene): Promise<void> {
  await scene.createFunction("orders", [0]);
  await settle(scene);
}

async function createScout({ operator, network: { scout } }: Scene): Promise<void> {
  await operator("lambda", "CreateFunction", {
    FunctionName: "scout",
    Role: "arn:aws:iam::123456789012:role/scout",
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    VpcConfig: { SubnetIds: [scout.subnetId], SecurityGroupIds: [scout.securityGroupId] },
  });
}

async function publish(scene: Scene, name: string): Promise<void> {
  const { Version } = await scene.operator<{ Version: string }>("lambda", "PublishVersion", { FunctionName: "orders" });
  await scene.operator("lambda", "CreateAlias", { FunctionName: "orders", Name: name, FunctionVersion: Version });
  await settle(scene);
}

const base: SceneOptions = { delays: quick, zones: 2, addresses: 2, drainSeconds: 30 };

export const stories: readonly Story[] = [
  {
    name: "first creation",
    options: { ...base, addresses: 1 },
    before: async () => {},
    change: (scene) => scene.createFunction("orders", [0]),
    serving: 1,
  },
  {
    name: "subnet change with a spare",
    options: base,
    before: createOrders,
    change: (scene) => scene.updateFunction("orders", [1]),
    serving: 1,
  },
  {
    name: "subnet change without a spare",
    options: { ...base, addresses: 1 },
    before: createOrders,
    change: (scene) => scene.updateFunction("orders", [1]),
    serving: 1,
  },
  {
    name: "security group change in two zones with one spare",
    options: { ...base, addresses: 3 },
    before: async (scene) => {
      await scene.createFunction("orders", [0, 1]);
      await settle(scene);
    },
    change: (scene) => scene.updateFunction("orders", [0, 1], [1]),
    serving: 2,
  },
  {
    name: "an alias pins the old version",
    options: base,
    before: async (scene) => {
      await createOrders(scene);
      await publish(scene, "live");
    },
    change: (scene) => scene.updateFunction("orders", [1]),
    serving: 2,
  },
  {
    name: "removal from the VPC",
    options: base,
    before: createOrders,
    change: (scene) => scene.updateFunction("orders", []),
    serving: 0,
  },
  {
    name: "Lambda replaces the interface",
    options: base,
    before: createOrders,
    change: async ({ path, region }) => {
      const [old] = region.world.networkInterfaces.keys();
      path.lambda.hyperplane.replace(old ?? "");
    },
    serving: 1,
  },
  {
    name: "an address is blocked",
    options: base,
    before: createOrders,
    change: async ({ operator, region }) => {
      const serving = [...region.world.addresses.values()].find((it) => it.networkInterfaceId !== undefined);
      const Tags = [{ Key: "holdfast:verdict", Value: "blocked" }];
      await operator("ec2", "CreateTags", { Resources: [serving?.allocationId], Tags });
    },
    serving: 1,
  },
  {
    name: "Lambda scales out",
    options: { ...base, addresses: 3 },
    before: createOrders,
    change: async ({ path, network }) => {
      const [subnetId = ""] = network.subnetIds;
      path.lambda.hyperplane.scale(subnetId, network.securityGroupIds.slice(0, 1), 3);
    },
    serving: 3,
  },
  {
    name: "spares are tried out on the scout",
    options: { ...base, addresses: 3 },
    before: createOrders,
    change: createScout,
    serving: 2,
  },
  {
    name: "production takes the scout's spare",
    options: { ...base },
    before: async (scene) => {
      await createScout(scene);
      await createOrders(scene);
      await settle(scene);
    },
    change: (scene) => scene.updateFunction("orders", [0], [1]),
    serving: 2,
  },
];

/** The story up to its change. */
export async function begin(story: Story, more: SceneOptions = {}): Promise<Scene> {
  const scene = await openScene({ ...story.options, ...more });
  await story.before(scene);
  return scene;
}

/** Addresses with the subnet that each serves, spares as `spare`, blocked ones marked: a state without ids, comparable across runs. */
export function finalState({ region }: Scene): string[] {
  const { addresses, networkInterfaces } = region.world;
  return [...addresses.values()]
    .map((it) => {
      const found = networkInterfaces.get(it.networkInterfaceId ?? "");
      const isBlocked = it.tags["holdfast:verdict"] === "blocked";
      const state = found ? `${found.subnetId} ${found.securityGroupIds.join()} ${found.status}` : "spare";
      return isBlocked ? `${state} blocked` : state;
    })
    .sort();
}
