/** Before the tests of whole deployments: what is deployed, and the emulator. */
import { execFileSync } from "node:child_process";
import { installLocalEmu } from "../../testing/chain/localemu.ts";

export default function setup(): void {
  // The rest of the build is in use by the suite beside which this one runs (.ci/run).
  execFileSync("npm", ["run", "--silent", "build", "--", "functions"], { stdio: ["ignore", "ignore", "inherit"] });
  installLocalEmu();
}
