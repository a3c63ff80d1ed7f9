/** Reports what a run did, on the bus and in the log, where it can be read afterwards. */
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { AwsCallError } from "../aws/errors.ts";
import { putEvents } from "./events.ts";
import type { Log } from "./log.ts";
import { type DomainEvent, domainEventMessage } from "./model.ts";

export interface Announcer {
  readonly eventBridge: EventBridgeClient;
  readonly log: Log;
}

/** Logs the events and puts them on the bus. A refusal of the bus is logged: it does not fail the run. */
export async function announce({ eventBridge, log }: Announcer, events: readonly DomainEvent[]) {
  for (const event of events) log.info(domainEventMessage, { event });
  try {
    await putEvents(eventBridge, events);
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    log.error("events not published", { reason: error.message });
  }
}
