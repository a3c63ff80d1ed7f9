/**
 * What fallback is told: `HOLDFAST_SETTINGS`, one JSON document made at deployment from the operator's file.
 * docs/configuration.md describes every field.
 */
import * as z from "zod/mini";
import { awsId, functionArn, load, named, poolNetwork, resourceName } from "./load.ts";

const whole = (least: number, most: number) => z.number().check(z.int(), z.minimum(least), z.maximum(most));

const probe = z.strictObject({
  functionArn,
  /** As the sentinel's metrics name it. */
  vantage: z.string(),
  subnetId: awsId("subnet"),
});

const pool = z.strictObject({
  name: resourceName,
  network: poolNetwork,
  /** The alarm that asks for fallback while it is raised. */
  alarmName: z.string().check(z.minLength(1)),
  nat: z.discriminatedUnion("mode", [
    z.strictObject({ mode: z.literal("zonal"), subnetId: awsId("subnet") }),
    /** `zone`: where a regional gateway has the fallback address; members in other zones use it from there. */
    z.strictObject({ mode: z.literal("regional"), zone: z.string().check(z.regex(/^[a-z0-9-]+[a-z]$/)) }),
  ]),
  standby: z.enum(["cold", "warm"]),
  /** One per subnet of the members: who says that a returned subnet is clean, and which address the world sees. */
  probes: z._default(z.array(probe), []),
  holdMinutes: z._default(whole(1, 1440), 30),
  /** The hold doubles after each failed return, up to this. */
  maxHoldMinutes: z._default(whole(1, 1440), 480),
  cleanRounds: z._default(whole(1, 60), 5),
  /** Rounds with a confirmed block after which a returned subnet is put back. */
  blockedRounds: z._default(whole(1, 20), 3),
  graceMinutes: z._default(whole(0, 1440), 60),
  flipsPerDay: z._default(whole(2, 8), 4),
  /** How long relocation's swap to a clean spare may take to end the alarm. */
  swapSeconds: z._default(whole(0, 3600), 300),
  /** After this long in fallback somebody is told, again and again, what it costs. */
  maxFallbackHours: z._default(whole(1, 720), 24),
});

const fallbackSettings = z.strictObject({
  pools: named(pool),
  /** Where a message that can not be understood goes, with its reason. */
  deadLetterQueueUrl: z.url("must be the URL of an SQS queue"),
  /** A page that answers with the caller's address as plain text. */
  echoUrl: z._default(z.url(), "https://checkip.amazonaws.com/"),
  eventBusName: z._default(z.string(), "default"),
  metricsNamespace: z._default(z.string(), "Holdfast"),
});

export type FallbackPool = z.infer<typeof pool>;
export type FallbackSettings = z.infer<typeof fallbackSettings>;

/**
 * Reads and validates fallback's settings.
 * @throws SettingsError that names the field and the remedy
 */
export function loadFallbackSettings(
  text: string | undefined,
  readParameter: (name: string) => Promise<string | undefined>,
): Promise<FallbackSettings> {
  return load(fallbackSettings, text, readParameter);
}
