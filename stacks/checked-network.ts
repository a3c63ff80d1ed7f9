/** A pool whose network exists already, with what the checks of it need to know. */
import type { ExistingNetwork } from "../src/config/network.ts";

export interface CheckedNetwork extends ExistingNetwork {
  /** Its field in the configuration, e.g. `pools.orders.network.existing`. */
  readonly path: string;
  readonly pool: string;
  readonly prefix: string;
  readonly hasFallback: boolean;
}
