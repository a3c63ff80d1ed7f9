/**
 * The tags by which Holdfast knows its own. They are all the state that it keeps besides what AWS itself records.
 * `pool`, `role`, `adopted` and `onRemove` are set at deployment; `use` and `verifications` are written by relocation; `verdict` and `verified`
 * by the canary; `flips` and `episode` by fallback; `override` by the operator, on any address of the pool (decision
 * 0008).
 */
export const tagKeys = {
  /** Name of the pool that an address, a route table or a NAT gateway belongs to. */
  pool: "holdfast:pool",
  /** `egress` or `fallback`, of an address. */
  role: "holdfast:role",
  /** `true` on an address that was brought along: no deployment allocated it, or one gave it back to the operator's list. */
  adopted: "holdfast:adopted",
  /** `<app>-<stage>` of the deployment that made a resource. */
  stage: "holdfast:stage",
  /** What the last deployment said of an address that it has allocated: `protect`, `retain` or `release`. */
  onRemove: "holdfast:on-remove",
  /** What an address last did, e.g. `serving subnet-0a 2026-01-01T00:00:00.000Z`. */
  use: "holdfast:use",
  /** `blocked` while an address is suspect; anything else, or no tag, means clean. */
  verdict: "holdfast:verdict",
  /** When an address was last found clean or blocked for certain, e.g. `clean@2026-01-01T00:00:00.000Z` or `blocked@… 3`. */
  verified: "holdfast:verified",
  /** How often an address was associated with the scout in a month, e.g. `2026-01 4`. */
  verifications: "holdfast:verifications",
  /** `direct`, `fallback` or `paused`: what the operator wants of the pool, whatever the tables say. */
  override: "holdfast:override",
  /** What a route table's default route was changed to and when, the latest last, e.g. `fallback@2026-01-01T00:00:00Z`. */
  flips: "holdfast:flips",
  /** What AWS refuses of fallback's writes, on a route table, e.g. `create:NotAvailableInZone:3@2026-01-01T00:00:00Z@2026-01-01T00:07:00Z`. */
  refusals: "holdfast:refusals",
  /** What a NAT gateway was made for, e.g. `alarm 2026-01-01T00:00:00.000Z`. */
  episode: "holdfast:episode",
} as const;
