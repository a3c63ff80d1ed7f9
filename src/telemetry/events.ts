/** Domain events on the EventBridge bus. */
import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { AwsCallError, call } from "../aws/errors.ts";
import { type DomainEvent, eventBusName, eventSource } from "./model.ts";

/** Entries that one `PutEvents` call may carry (EventBridge API reference). */
const entriesPerCall = 10;

/**
 * Puts the events on the bus.
 *
 * @throws AwsCallError when the call fails or EventBridge refuses an entry
 */
export async function putEvents(client: EventBridgeClient, events: readonly DomainEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += entriesPerCall) {
    const Entries = events.slice(start, start + entriesPerCall).map(({ type, timeMs, detail }) => ({
      EventBusName: eventBusName,
      Source: eventSource,
      DetailType: type,
      Time: new Date(timeMs),
      Detail: JSON.stringify(detail),
    }));
    const output = await call("events:PutEvents", () => client.send(new PutEventsCommand({ Entries })));
    const refused = output.Entries?.find((entry) => entry.ErrorCode);
    if (refused?.ErrorCode) {
      throw new AwsCallError("events:PutEvents", refused.ErrorCode, "transient", refused.ErrorMessage ?? "refused");
    }
  }
}
