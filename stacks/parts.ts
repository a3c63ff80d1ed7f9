/** A pool with what is deployed of it, as one of its functions needs it. */
import type { Input } from "@pulumi/pulumi";
import type { PoolWithFallback } from "../src/config/pool.ts";
import type { PoolAddresses } from "./addresses.ts";
import type { PoolNetwork } from "./network.ts";

/** A pool that attaches guarded functions, with its deployed network. */
export interface AttachParts {
  readonly name: string;
  readonly functions: readonly string[];
  readonly network: PoolNetwork;
}

/** A probe that fallback invokes. */
export interface FallbackProbe {
  readonly vantage: string;
  readonly subnetId: Input<string>;
  readonly functionArn: Input<string>;
}

/** A pool that has a fallback, with what is deployed of it already. */
export interface FallbackParts {
  readonly name: string;
  readonly pool: PoolWithFallback;
  readonly network: PoolNetwork;
  readonly addresses: PoolAddresses;
  readonly probes: readonly FallbackProbe[];
  /** The alarm that fallback obeys. */
  readonly alarmName: string;
}
