/** Whether what the operator's file names belongs to another deployment. */
import { tagKeys } from "../src/pool/tags.ts";

/**
 * Pure. Returns a problem if the tags of an account's object name the stage of another deployment. One without the tag
 * belongs to no deployment, and one of this stage may move between its pools.
 *
 * @param field where the file names it
 * @param prefix `<app>-<stage>` of this deployment
 * @param kind what to name instead, e.g. `addresses`
 */
export function ownershipProblems(
  field: string,
  id: string,
  tags: Readonly<Record<string, string>>,
  prefix: string,
  kind: "addresses" | "accelerators" | "subnets",
): string[] {
  const owner = tags[tagKeys.stage];
  if (owner === undefined || owner === prefix) return [];
  const pool = tags[tagKeys.pool];
  return [
    `${field}: ${id} belongs to ${owner}${pool === undefined ? "" : ` (pool ${pool})`}: give this stage ${kind} of its ` +
      "own, or take the tags holdfast:* off it if that deployment uses it no more",
  ];
}
