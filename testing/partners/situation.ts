/**
 * What a partner does, as the bench of the comparison (test/probing/bench) and the simulation play it. The bench asks
 * once a minute from two zones, the scout and Lambda's shared pool; in the simulation `a` is an address or a zone
 * (testing/simulation/partner-behaviors.ts).
 */
import type { Given, PartnerAnswer } from "../twin/partners.ts";

export type VantageId = "a" | "b" | "scout" | "shared";

export interface Asked {
  readonly from: VantageId;
  readonly minute: number;
  /** A number from 0 to 1, drawn for this request alone. */
  readonly chance: number;
}

export interface GivenTo extends Given {
  /** The vantage leaves with the address of zone `a`, as behind a NAT gateway. */
  readonly address?: "a";
}

export interface Situation {
  readonly name: string;
  readonly ask: (asked: Asked) => PartnerAnswer | GivenTo;
  /** Whom the partner treats worse for who it is; nobody unless given. */
  readonly worse?: readonly VantageId[];
  /** Where it lies, if not with the partner: in a zone's names and ways, or in the pool's own network. */
  readonly liesIn?: "zone" | "network";
  readonly vantages?: readonly VantageId[];
  /** Minutes to play. */
  readonly minutes?: number;
}

/** Before this minute of a difference everybody is treated alike. */
export const startMinute = 10;
export const allVantages: readonly VantageId[] = ["a", "b", "scout", "shared"];
