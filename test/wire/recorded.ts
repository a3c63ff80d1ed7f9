/** Recorded CloudTrail records (test/data/SOURCES.md) in EventBridge envelopes, and hand-written ones of the same shape. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

type Json = Record<string, unknown>;

function read(path: string): Json {
  return JSON.parse(readFileSync(new URL(`../data/${path}`, import.meta.url), "utf8"));
}

/** The recorded envelope around a record, with what EventBridge takes from the record. */
function envelope(detail: Json): string {
  const source = `aws.${String(detail["eventSource"]).split(".")[0]}`;
  return JSON.stringify({
    ...read("eventbridge/cloudtrail-envelope-other-service.json"),
    id: randomUUID(),
    source,
    time: detail["eventTime"],
    detail,
  });
}

/**
 * A recorded record, as EventBridge delivers it.
 *
 * @param name file in test/data/cloudtrail
 * @param functionName replaces the function's name in the request, in whichever form the record gave it
 */
export function recorded(name: string, functionName?: string): string {
  const record = read(`cloudtrail/${name}.json`);
  const requestParameters = record["requestParameters"] as Json | null;
  const renamed = functionName ? { requestParameters: { ...requestParameters, functionName } } : {};
  return envelope({ ...record, ...renamed });
}

/** A recorded call of EC2 as if it had been made in another subnet. */
export function recordedIn(subnetId: string, name: string): string {
  const record = read(`cloudtrail/${name}.json`);
  const requestParameters = { ...(record["requestParameters"] as Json), subnetId };
  return envelope({ ...record, requestParameters });
}

/**
 * Hand-written: no record of these calls is public. A recorded call's frame with another name and other parameters,
 * after the API reference of the call and the names in the Lambda developer guide, "Logging with CloudTrail".
 */
export function handWritten(eventName: string, requestParameters: Json): string {
  const frame = read("cloudtrail/lambda-update-function-configuration-plain-name.json");
  return envelope({ ...frame, eventName, requestParameters, responseElements: null });
}
