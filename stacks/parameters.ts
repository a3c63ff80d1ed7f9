/** Brings settings to a function: in its environment, or in parameters of whole pools. */
import { ssm } from "@pulumi/aws";
import { all, type Input, interpolate, jsonStringify, type Output } from "@pulumi/pulumi";
import type { Place } from "./place.ts";

/**
 * Above this the settings move to parameters: Lambda allows 4 KB for all environment variables together, names included
 * (Lambda developer guide, "Lambda quotas").
 */
const environmentBytes = 3000;
/** What a standard parameter holds, which costs nothing; a larger one is billed (Systems Manager user guide, "Managing parameter tiers"). */
const parameterBytes = 4096;

/** Settings, before or after the deployment knows their ids. */
export interface PoolsDocument {
  readonly pools: readonly { readonly name: string }[];
}

export interface DeployedSettings {
  /** The function's environment variables. */
  readonly environment: Readonly<Record<string, Input<string>>>;
  /** The parameters as the name of a resource, `*` for several; undefined where there are none. */
  readonly parameter: string | undefined;
}

/** Returns the size in bytes of UTF-8, which is what services count. */
export function sizeOf(document: object): number {
  return Buffer.byteLength(JSON.stringify(document));
}

/** Where settings of this size go: nowhere but the environment, or so many parameters of these pools. */
interface Delivery {
  /** Names of the pools in each parameter; none: the environment. */
  readonly parts: readonly (readonly string[])[];
  readonly parameter: string | undefined;
}

/**
 * Returns where settings go. It depends on their forecast alone, since resources are declared before their ids are known.
 *
 * @param name the function's
 */
export function deliveryOf(prefix: string, name: string, forecast: PoolsDocument, always = false): Delivery {
  if (!always && sizeOf(forecast) <= environmentBytes) return { parts: [], parameter: undefined };
  const parts = partsOf(forecast).map(({ pools }) => pools.map((pool) => pool.name));
  return { parts, parameter: parts.length > 1 ? `${parameterName(prefix, name)}/*` : parameterName(prefix, name) };
}

/** Returns the settings in parts of whole pools, each as large as a standard parameter may be, or of one pool. */
export function partsOf<Document extends PoolsDocument>(document: Document): Document[] {
  const parts: Document[] = [];
  for (const pool of document.pools) {
    const last = parts.at(-1);
    const longer = last && { ...last, pools: [...last.pools, pool] };
    if (longer && sizeOf(longer) <= parameterBytes) parts[parts.length - 1] = longer;
    else parts.push({ ...document, pools: [pool] });
  }
  return parts;
}

function parameterName(prefix: string, name: string): string {
  return `/holdfast/${prefix}/${name}`;
}

/**
 * Puts settings where the function finds them. It reads them when an execution environment starts, which may live for hours:
 * another version of a parameter changes the function, so that Lambda starts new environments.
 *
 * @param forecast the settings with the longest possible ids
 * @param always in parameters, however short they are
 */
export function deliver(
  place: Place,
  name: string,
  settings: Output<PoolsDocument>,
  forecast: PoolsDocument,
  always = false,
): DeployedSettings {
  const { parts, parameter } = deliveryOf(place.prefix, name, forecast, always);
  if (parameter === undefined) return { environment: { HOLDFAST_SETTINGS: jsonStringify(settings) }, parameter };
  const base = parameterName(place.prefix, name);
  const isWhole = parts.length === 1;
  const parameters = parts.map((pools, index) => {
    const value = jsonStringify(
      settings.apply((it) => ({ ...it, pools: it.pools.filter((pool) => pools.includes(pool.name)) })),
    );
    const part = isWhole ? "" : `-${index + 1}`;
    return new ssm.Parameter(
      `${place.name}-${name}-settings${part}`,
      {
        name: isWhole ? base : `${base}/${index + 1}`,
        type: "String",
        tier: "Intelligent-Tiering",
        value,
        tags: place.tags,
      },
      { parent: place.parent },
    );
  });
  const [first] = parameters;
  const versions = all(parameters.map(({ version }) => version)).apply((all) => all.join("."));
  return {
    environment: {
      HOLDFAST_SETTINGS:
        isWhole && first ? interpolate`ssm:${first.name}` : `ssm:${base}/1-${parts.length}:${forecast.pools.length}`,
      HOLDFAST_SETTINGS_VERSION: versions,
    },
    parameter,
  };
}
