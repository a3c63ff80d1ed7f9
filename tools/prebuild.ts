/**
 * Builds what `npm run test:deploy` and `npm run test:lambda` build for themselves otherwise: the Pulumi engine, and
 * Lambda's runtime client and emulator. It takes minutes, which other suites leave idle.
 */

import { buildEngine } from "../testing/deployment/engine/build.ts";
import { buildLambdaRuntime } from "../testing/lambda/runtime.ts";

buildEngine();
buildLambdaRuntime();
