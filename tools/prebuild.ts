/**
 * Makes what `npm run test:deploy`, `npm run test:lambda` and `npm run test:chain` make for themselves otherwise: more
 * versions of Node.js, the Pulumi engine, Lambda's runtime client and emulator; with `emulator`, LocalEmu instead, and the
 * tools that `npm run test:wire` runs on the examples of members. It takes minutes, which other suites leave idle.
 */
import { installLocalEmu } from "../testing/chain/localemu.ts";
import { buildEngine } from "../testing/deployment/engine/build.ts";
import { buildLambdaRuntime } from "../testing/lambda/runtime.ts";
import { memberTools } from "../testing/toolchain/member-tools.ts";
import { nodeFolder, otherMajors } from "../testing/toolchain/node.ts";

if (process.argv[2] === "emulator") {
  installLocalEmu();
  memberTools();
} else {
  for (const major of otherMajors) nodeFolder(major);
  buildEngine();
  buildLambdaRuntime();
}
