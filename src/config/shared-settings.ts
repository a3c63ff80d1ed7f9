/** Settings that several functions share. */
import * as z from "zod/mini";

/** What every function with a queue is given beside its pools. */
export const queueing = {
  /** The queue for messages that cannot be parsed, with the reason. */
  deadLetterQueueUrl: z.url("must be the URL of an SQS queue"),
};
