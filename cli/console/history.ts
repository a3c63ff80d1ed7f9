/** Reads the events that the functions have logged: the time line of a deployment. */
import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { AwsCallError, call } from "../../src/aws/errors.ts";
import { functionNameOf, logGroupOf } from "../../src/config/names.ts";
import { type DomainEvent, domainEventMessage } from "../../src/telemetry/model.ts";
import type { ConsoleClients } from "./deployment.ts";

const parts = ["relocate", "canary", "fallback", "attach"] as const;

/**
 * The domain events that were logged since a moment, oldest first.
 * @throws AwsCallError for anything but a log group that is not there
 */
export async function readEvents(
  { logs }: Pick<ConsoleClients, "logs">,
  stage: string,
  sinceMs: number,
): Promise<DomainEvent[]> {
  const found = await Promise.all(
    parts.map((part) => readGroup(logs, logGroupOf(functionNameOf(stage, part)), sinceMs)),
  );
  return found.flat().sort((a, b) => a.timeMs - b.timeMs);
}

async function readGroup(client: ConsoleClients["logs"], logGroupName: string, startTime: number) {
  const input = { logGroupName, startTime, filterPattern: `"${domainEventMessage}"` };
  try {
    return await call("logs:FilterLogEvents", async () => {
      const events: DomainEvent[] = [];
      for await (const page of paginateFilterLogEvents({ client }, input)) {
        events.push(...(page.events ?? []).flatMap(({ message }) => eventOf(message ?? "")));
      }
      return events;
    });
  } catch (error) {
    if (error instanceof AwsCallError && error.errorClass === "gone") return [];
    throw error;
  }
}

/** Returns the log line's event; none for a line of another form. */
function eventOf(line: string): DomainEvent[] {
  try {
    const { message, event } = JSON.parse(line) as { message?: string; event?: DomainEvent };
    return message === domainEventMessage && event ? [event] : [];
  } catch {
    return [];
  }
}
