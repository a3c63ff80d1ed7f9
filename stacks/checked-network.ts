/** A network that exists, as the checks before a deployment look at it. */
import type { ExistingNetwork } from "../src/config/network.ts";

/** A pool whose network exists, as far as the checks look at it. */
export interface CheckedNetwork extends ExistingNetwork {
  /** Where the file names it, e.g. `pools.orders.network.existing`. */
  readonly path: string;
  readonly pool: string;
  readonly prefix: string;
  readonly hasFallback: boolean;
}
