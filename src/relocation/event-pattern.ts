/** The EventBridge patterns of the events that relocation subscribes to. */
import { eventSource } from "../telemetry/model.ts";
import { addressMarked, functionChanges, interfaceChanges } from "./changes.ts";

/**
 * Successful Lambda and EC2 calls that may change which interfaces exist, by the beginnings of their names. Nothing
 * else is matched: which parameters a record carries varies (a network interface's `groupSet` may be empty, names are
 * plain or ARNs), so the function itself looks closer.
 */
export const changePattern = {
  "detail-type": ["AWS API Call via CloudTrail"],
  source: ["aws.lambda", "aws.ec2"],
  detail: {
    eventSource: ["lambda.amazonaws.com", "ec2.amazonaws.com"],
    eventName: [...functionChanges, ...interfaceChanges].map((prefix) => ({ prefix })),
    errorCode: [{ exists: false }],
  },
};

/** The canary has marked an address of a pool: it is swapped now and not with the next sweep. */
export const blockPattern = { source: [eventSource], "detail-type": [...addressMarked] };
