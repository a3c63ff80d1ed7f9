/**
 * Makes what `npm run test:deploy` and `npm run test:lambda` make for themselves otherwise: the Pulumi engine, Lambda's
 * runtime client and emulator, and more versions of Node.js. It takes minutes, which other suites leave idle.
 */
import { buildEngine } from "../testing/deployment/engine/build.ts";
import { buildLambdaRuntime } from "../testing/lambda/runtime.ts";
import { nodeFolder, otherMajors } from "../testing/toolchain/node.ts";

for (const major of otherMajors) nodeFolder(major);
buildEngine();
buildLambdaRuntime();
