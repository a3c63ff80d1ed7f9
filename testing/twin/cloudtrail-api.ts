import type {
  CreateTrailRequest,
  DeleteTrailRequest,
  DescribeTrailsRequest,
  Event,
  GetEventSelectorsRequest,
  LookupAttribute,
  LookupEventsRequest,
  PutEventSelectorsRequest,
} from "@aws-sdk/client-cloudtrail";
import * as sdk from "@aws-sdk/client-cloudtrail";
import type { CloudTrail, Trail, TrailRecord } from "./cloudtrail.ts";
import { AwsError, type Service } from "./service.ts";
import type { World } from "./world.ts";

/** Events of one page of `LookupEvents` (SDK, `LookupEventsRequest.MaxResults`). */
const PER_PAGE = 50;

/** CloudTrail's own API: trails, and the event history, which every account has without a trail. */
export function createCloudTrailApi(world: World, { trails, records }: CloudTrail): Service {
  const arnOf = (name: string) => `arn:aws:cloudtrail:${world.region}:${world.accountId}:trail/${name}`;

  function find(name: string | undefined): Trail {
    const trail = trails.get(name?.split("/").at(-1) ?? "");
    if (!trail) throw new AwsError("TrailNotFoundException", `Unknown trail: ${name} for the user: ${world.accountId}`);
    return trail;
  }

  return {
    name: "cloudtrail",
    sdk,
    operations: {
      CreateTrail({ Name = "" }: CreateTrailRequest) {
        trails.set(Name, { name: Name, logging: false, readWriteType: "All" });
        return { Name, TrailARN: arnOf(Name) };
      },
      DeleteTrail({ Name }: DeleteTrailRequest) {
        trails.delete(find(Name).name);
        return {};
      },
      DescribeTrails: ({ trailNameList: names = [] }: DescribeTrailsRequest) => ({
        trailList: [...trails.values()]
          .filter(({ name }) => names.length === 0 || names.includes(name) || names.includes(arnOf(name)))
          .map(({ name }) => ({
            Name: name,
            TrailARN: arnOf(name),
            HomeRegion: world.region,
            IsMultiRegionTrail: true,
          })),
      }),
      GetTrailStatus: ({ Name }: DeleteTrailRequest) => ({ IsLogging: find(Name).logging }),
      StartLogging({ Name }: DeleteTrailRequest) {
        find(Name).logging = true;
        return {};
      },
      StopLogging({ Name }: DeleteTrailRequest) {
        find(Name).logging = false;
        return {};
      },
      GetEventSelectors({ TrailName }: GetEventSelectorsRequest) {
        const { name, readWriteType: ReadWriteType } = find(TrailName);
        return { TrailARN: arnOf(name), EventSelectors: [{ ReadWriteType, IncludeManagementEvents: true }] };
      },
      PutEventSelectors({ TrailName, EventSelectors = [] }: PutEventSelectorsRequest) {
        find(TrailName).readWriteType = EventSelectors[0]?.ReadWriteType ?? "All";
        return { TrailARN: arnOf(find(TrailName).name), EventSelectors };
      },
      LookupEvents: (input: LookupEventsRequest) => lookUp(records, input),
    },
  };
}

/** The latest first. One attribute at most, as AWS allows. */
function lookUp(records: readonly TrailRecord[], input: LookupEventsRequest) {
  const [attribute, ...more] = input.LookupAttributes ?? [];
  if (more.length > 0) throw new AwsError("InvalidLookupAttributesException", "Only one lookup attribute is allowed.");
  const fromMs = input.StartTime?.getTime() ?? 0;
  const toMs = input.EndTime?.getTime() ?? Number.POSITIVE_INFINITY;
  const found = records
    .filter((record) => !attribute || has(record, attribute))
    .filter(({ eventTime }) => Date.parse(String(eventTime)) >= fromMs && Date.parse(String(eventTime)) <= toMs)
    .reverse();
  const from = Number(input.NextToken ?? 0);
  const to = from + (input.MaxResults ?? PER_PAGE);
  return {
    Events: found.slice(from, to).map(toEvent),
    ...(to < found.length && { NextToken: String(to) }),
  };
}

function has(record: TrailRecord, { AttributeKey, AttributeValue }: LookupAttribute): boolean {
  if (AttributeKey === "EventName") return record.eventName === AttributeValue;
  if (AttributeKey === "EventSource") return record.eventSource === AttributeValue;
  if (AttributeKey === "Username") return toEvent(record).Username === AttributeValue;
  throw new AwsError("InvalidLookupAttributesException", `The twin does not look events up by ${AttributeKey}.`);
}

function toEvent(record: TrailRecord): Event {
  const { arn = "" } = (record["userIdentity"] ?? {}) as { arn?: string };
  return {
    EventId: record.eventID,
    EventName: record.eventName,
    EventSource: record.eventSource,
    EventTime: new Date(String(record["eventTime"])),
    Username: arn.split("/").at(-1) ?? "",
    ReadOnly: "false",
    CloudTrailEvent: JSON.stringify(record),
  };
}
