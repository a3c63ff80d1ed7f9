import type { VirtualClock } from "./clock.ts";
import type { Identifiers } from "./identifiers.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** What a service builds on. Each service forks `random` under its own name. */
export interface RegionContext {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly identifiers: Identifiers;
  readonly world: World;
  /** True: describe calls see every change at once. */
  readonly consistent: boolean;
}
