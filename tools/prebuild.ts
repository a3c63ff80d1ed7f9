/**
 * Makes what `npm run test:deploy` and `npm run test:lambda` make for themselves otherwise: the Pulumi engine, Lambda's
 * runtime client and emulator, and Node.js 24. It takes minutes, which other suites leave idle.
 */
import { buildEngine } from "../testing/deployment/engine/build.ts";
import { buildLambdaRuntime } from "../testing/lambda/runtime.ts";
import { node24Folder } from "../testing/toolchain/node24.ts";

node24Folder();
buildEngine();
buildLambdaRuntime();
