/** Reads CloudTrail's event history, which every account has without a trail, for 90 days. */
import { type CloudTrailClient, type Event, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import type { Clock } from "../../src/aws/clock.ts";
import { call as callAws } from "../../src/aws/errors.ts";

/** One call that changed something. */
export interface Call {
  readonly atMs: number;
  readonly name: string;
  /** The session's or user's name; Holdfast's functions' are their own. */
  readonly who: string;
  readonly error: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly response: Readonly<Record<string, unknown>>;
}

/** AWS allows two look-ups a second in an account and region (CloudTrail API reference, LookupEvents). */
const pauseMs = 500;
/** Pages of one event's name that are read at most; 50 events each (same page). */
const maxPages = 10;

/** The calls of these names since `fromMs`, the latest first; `truncated` when there are more than were read. */
export async function lookUp(
  client: CloudTrailClient,
  clock: Clock,
  names: readonly string[],
  fromMs: number,
): Promise<{ readonly calls: Call[]; readonly truncated: boolean }> {
  const events: Event[] = [];
  let truncated = false;
  let isFirst = true;
  for (const AttributeValue of names) {
    let NextToken: string | undefined;
    for (let page = 0; page === 0 || NextToken; page++) {
      if (page === maxPages) {
        truncated = true;
        break;
      }
      const command = new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: "EventName", AttributeValue }],
        StartTime: new Date(fromMs),
        ...(NextToken !== undefined && { NextToken }),
      });
      if (!isFirst) await clock.sleep(pauseMs);
      isFirst = false;
      const output = await callAws("cloudtrail:LookupEvents", () => client.send(command));
      events.push(...(output.Events ?? []));
      NextToken = output.NextToken;
    }
  }
  return { calls: events.map(callOf).sort((a, b) => b.atMs - a.atMs), truncated };
}

function callOf({ EventName = "", EventTime, Username, CloudTrailEvent }: Event): Call {
  const record = JSON.parse(CloudTrailEvent ?? "{}") as Record<string, unknown>;
  const identity = (record["userIdentity"] ?? {}) as { arn?: string };
  const role = /:assumed-role\/([^/]+)\//.exec(identity.arn ?? "")?.[1];
  return {
    atMs: EventTime?.getTime() ?? 0,
    // Lambda's older operations carry the version of their API.
    name: EventName.replace(/20\d{6}(v\d)?$/, ""),
    who: role ?? Username ?? "unknown",
    error: record["errorCode"] as string | undefined,
    parameters: (record["requestParameters"] ?? {}) as Record<string, unknown>,
    response: (record["responseElements"] ?? {}) as Record<string, unknown>,
  };
}
