/** Runs Pulumi programs without an engine and keeps what they register. */
import type { runtime } from "@pulumi/pulumi";
import type { Account } from "./account.ts";
import { answer } from "./lookups.ts";
import { create } from "./resources.ts";

/** A resource as the program registered it, with what the account answered. Plain JSON. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly options: {
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
    readonly ignoreChanges: readonly string[];
    readonly dependsOn: readonly string[];
  };
}

/** What the recorder reads of a registration beyond what mocks receive. */
interface Registration {
  getParent(): string;
  getType(): string;
  getName(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
}

interface Monitor {
  newUrn(parent: string, type: string, name: string): string;
  registerResource(request: Registration, done: unknown): unknown;
}

const unregistered = {
  urn: "",
  options: { protect: false, retainOnDelete: false, ignoreChanges: [], dependsOn: [] },
};

/**
 * Makes a copy of Pulumi's runtime answer from the account, and records. The runtime is passed because SST brings a
 * copy of its own.
 */
export async function startRecording(
  pulumi: typeof runtime,
  account: Account,
  project: string,
  stack: string,
  preview: boolean,
): Promise<RecordedResource[]> {
  const records: RecordedResource[] = [];
  const registered = new Map<string, Pick<RecordedResource, "urn" | "options">>();
  const mocks: runtime.Mocks = {
    async newResource({ type, name, inputs }) {
      const { id, state } = create(type, name, inputs);
      const { urn, options } = registered.get(`${type} ${name}`) ?? unregistered;
      // Components of SST and of ours have no counterpart in AWS.
      if (type.startsWith("aws:")) {
        const data = { inputs: await plainObject(inputs), outputs: await plainObject(state) };
        records.push({ type, name, urn, id, ...data, options });
      }
      return { id, state };
    },
    call: ({ token, inputs }) => answer(account, token, inputs),
  };
  await pulumi.setMocks(mocks, project, stack, preview, "organization");
  const monitor = pulumi.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, done) => {
    const [type, name] = [request.getType(), request.getName()];
    const options = {
      protect: request.getProtect(),
      retainOnDelete: request.getRetainondelete(),
      ignoreChanges: request.getIgnorechangesList(),
      dependsOn: request.getDependenciesList(),
    };
    registered.set(`${type} ${name}`, { urn: monitor.newUrn(request.getParent(), type, name), options });
    return register(request, done);
  };
  return records;
}

const secretSignature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";

/** Pulumi's values as JSON: of a secret its value, of assets and archives, whose parts are promises, their paths. */
async function plain(value: unknown): Promise<unknown> {
  const it = await value;
  if (typeof it !== "object" || it === null) return it;
  if (Array.isArray(it)) return Promise.all(it.map(plain));
  if (secretSignature in it && it[secretSignature] === secret && "value" in it) return plain(it.value);
  return plainObject(it);
}

async function plainObject(value: object): Promise<Record<string, unknown>> {
  const entries = Object.entries(value).map(async ([key, part]) => [key, await plain(part)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
