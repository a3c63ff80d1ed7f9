import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Delays, fixed } from "../../testing/twin/delays.ts";
import { addEventPath } from "../../testing/twin/event-path.ts";
import { createRegion } from "../../testing/twin/region.ts";
import { type RunningServer, startServer } from "../../testing/twin/server.ts";
import { type Account, buildAccount, emptyMoto } from "./account.ts";
import { addressCalls, interfaceCalls, routeCalls } from "./calls-ec2.ts";
import { functionCalls, messageCalls } from "./calls-functions.ts";

/** Moto knows no delays. */
const delays: Partial<Delays> = {
  interfaceAppears: fixed(0),
  interfaceCreation: fixed(1),
  interfaceReuse: fixed(0),
  functionSettle: fixed(1),
  eventBridgeToTarget: fixed(1),
  eventBridgeDuplicateRate: 0,
};

let server: RunningServer;
let twin: Account;
let moto: Account;

beforeAll(async () => {
  const region = createRegion({ seed: 1, consistent: true, throttling: false, addressQuota: 100 });
  addEventPath(region, { delays });
  server = await startServer(region);
  twin = await buildAccount(server.url);
  await emptyMoto(inject("motoUrl"));
  moto = await buildAccount(inject("motoUrl"));
});

afterAll(() => server.close());

/** The answer with each id replaced by its kind and the order of its first appearance. */
function normalise(answer: unknown): unknown {
  const names = new Map<string, string>();
  const text =
    JSON.stringify(answer, (_, value) => (Array.isArray(value) && value.length === 0 ? [] : value)) ?? "null";
  const replaced = text.replace(
    /\b(eni|eipalloc|eipassoc|subnet|sg|vpc|rtb|igw)-[0-9a-f]{17}\b/g,
    (id, kind: string) => {
      const name = names.get(id) ?? `${kind}-${names.size + 1}`;
      names.set(id, name);
      return name;
    },
  );
  return JSON.parse(replaced);
}

/** Where the two are known to differ, docs/twin.md says who is right; these calls ask only for the rest. */
describe.each([
  ["interfaces", interfaceCalls],
  ["addresses", addressCalls],
  ["routes", routeCalls],
  ["functions", functionCalls],
  ["messages", messageCalls],
])("%s", (_, calls) => {
  it.each(calls)("%s", async (_title, make) => {
    const [fromTwin, fromMoto] = [normalise(await make(twin)), normalise(await make(moto))];

    expect(fromTwin).toEqual(fromMoto);
  });
});
