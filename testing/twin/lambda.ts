import * as sdk from "@aws-sdk/client-lambda";
import type { VirtualClock } from "./clock.ts";
import type { Delays } from "./delays.ts";
import type { Ec2Store } from "./ec2-store.ts";
import { Hyperplane, type RoleCall } from "./hyperplane.ts";
import type { Identifiers } from "./identifiers.ts";
import { aliasOperations, concurrencyOperations, tagOperations } from "./lambda-aliases.ts";
import { inlineHandler } from "./lambda-code.ts";
import { functionOperations } from "./lambda-functions.ts";
import { Invoker } from "./lambda-invoke.ts";
import { Lifecycle, type Upset } from "./lambda-lifecycle.ts";
import type { ShownDuringUpdate } from "./lambda-shapes.ts";
import type { Random } from "./random.ts";
import type { Service } from "./service.ts";
import type { World } from "./world.ts";

export interface LambdaOptions {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly identifiers: Identifiers;
  readonly ec2: Ec2Store;
  readonly delays: Delays;
  /** Which `VpcConfig` is shown while an update is in progress: not documented, `new` by default. */
  readonly showsDuringUpdate?: ShownDuringUpdate;
  readonly interfacesPerVpc?: number;
  readonly addressKeepsInterface?: boolean;
  /** Called with the EC2 calls that Lambda makes with execution roles. */
  readonly onRoleCall?: (call: RoleCall) => void;
  /** Called after every change of a function or of one of Lambda's interfaces. */
  readonly onChange?: () => void;
}

export interface Lambda extends Service {
  /** Makes a function's next creation, update or restoration take long or fail. Returns the function that withdraws it. */
  upsetNext(functionName: string, upset: Upset): () => void;
  readonly invoker: Invoker;
  readonly hyperplane: Hyperplane;
}

/** Lambda with its network: operations by SDK name, handlers in this process, interfaces that come and go. */
export function createLambda(options: LambdaOptions): Lambda {
  const onChange = options.onChange ?? (() => {});
  const { delays } = options;
  const hyperplane = new Hyperplane({ ...options, onChange });
  const context = {
    world: options.world,
    clock: options.clock,
    random: options.random.fork("lambda"),
    identifiers: options.identifiers,
    delays,
    hyperplane,
    showsDuringUpdate: options.showsDuringUpdate ?? ("new" as const),
    onChange,
  };
  const lifecycle = new Lifecycle(context);
  const invoker = new Invoker(context, lifecycle);
  return {
    name: "lambda",
    sdk,
    invoker,
    hyperplane,
    upsetNext: (functionName, upset) => lifecycle.upsetNext(functionName, upset),
    operations: {
      ...functionOperations(context, lifecycle, (functionName, zip) => {
        const handler = inlineHandler(context, zip);
        if (handler) invoker.register(functionName, handler);
      }),
      ...aliasOperations(context),
      ...concurrencyOperations(context),
      ...tagOperations(context, lifecycle),
      Invoke: (input) => invoker.invoke(input),
    },
  };
}
