import type {
  CreateLogGroupRequest,
  DeleteLogGroupRequest,
  FilteredLogEvent,
  FilterLogEventsRequest,
  FilterLogEventsResponse,
} from "@aws-sdk/client-cloudwatch-logs";
import * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { VirtualClock } from "./clock.ts";
import { AwsError, type Service } from "./service.ts";

export interface Logs extends Service {
  /** A line that a function wrote. Into a group that does not exist it is lost. */
  write(logGroupName: string, message: string): void;
}

interface Line {
  readonly atMs: number;
  readonly message: string;
}

/** Lines that a group keeps here. */
const KEPT = 10_000;
/** Events per page (SDK, `FilterLogEventsRequest.limit`). */
const PER_PAGE = 10_000;

/** CloudWatch Logs: groups, and a search for quoted words. */
export function createLogs(clock: VirtualClock): Logs {
  const groups = new Map<string, Line[]>();

  function find(name: string | undefined): Line[] {
    const lines = groups.get(name ?? "");
    if (!lines) throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
    return lines;
  }

  function filter(input: FilterLogEventsRequest): FilterLogEventsResponse {
    const matches = compile(input.filterPattern ?? "");
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY } = input;
    const found = find(input.logGroupName).filter(
      ({ atMs, message }) => atMs >= startTime && atMs < endTime && matches(message),
    );
    const from = Number(input.nextToken ?? 0);
    const to = from + (input.limit ?? PER_PAGE);
    return {
      events: found.slice(from, to).map(({ atMs, message }, index): FilteredLogEvent => {
        return { eventId: String(from + index), logStreamName: "twin", timestamp: atMs, ingestionTime: atMs, message };
      }),
      ...(to < found.length && { nextToken: String(to) }),
    };
  }

  return {
    name: "logs",
    sdk,
    operations: {
      CreateLogGroup({ logGroupName = "" }: CreateLogGroupRequest) {
        groups.set(logGroupName, groups.get(logGroupName) ?? []);
        return {};
      },
      DeleteLogGroup({ logGroupName = "" }: DeleteLogGroupRequest) {
        find(logGroupName);
        groups.delete(logGroupName);
        return {};
      },
      FilterLogEvents: filter,
    },
    write(logGroupName, message) {
      const lines = groups.get(logGroupName);
      if (!lines) return;
      lines.push({ atMs: Math.floor(clock.now()), message });
      if (lines.length > KEPT) lines.splice(0, KEPT / 2);
    },
  };
}

/** A phrase in double quotes, or nothing; the rest of the pattern language is not simulated. */
function compile(pattern: string): (message: string) => boolean {
  if (pattern === "") return () => true;
  const [, phrase] = /^"((?:[^"\\]|\\.)*)"$/.exec(pattern) ?? [];
  if (phrase === undefined) throw new AwsError("InvalidParameterException", `The twin does not read ${pattern}.`);
  return (message) => message.includes(phrase);
}
