/** What a partner does in the bench, asked once a minute from two zones, the scout and Lambda's shared pool. */
import type { Answer } from "../../../src/probing/answer.ts";

export type VantageId = "a" | "b" | "scout" | "shared";

export interface Asked {
  readonly from: VantageId;
  readonly minute: number;
  /** A number from 0 to 1, drawn for this request alone. */
  readonly chance: number;
}

export interface Given {
  readonly answer: Answer;
  readonly partnerIp?: string;
  readonly host?: string;
  /** The echo does not tell the vantage its address. */
  readonly withoutEcho?: true;
  /** The vantage leaves with the address of zone `a`, as behind a NAT gateway. */
  readonly address?: "a";
}

export interface Situation {
  readonly name: string;
  readonly ask: (asked: Asked) => Answer | Given;
  readonly vantages?: readonly VantageId[];
  /** Minutes to play. */
  readonly minutes?: number;
}

/** Before this minute of a difference everybody is treated alike. */
export const startMinute = 10;
export const allVantages: readonly VantageId[] = ["a", "b", "scout", "shared"];
