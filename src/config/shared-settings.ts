/** What several functions are told alike. */
import * as z from "zod/mini";

/** Where a function puts its metrics and events. */
export const reporting = {
  eventBusName: z._default(z.string(), "default"),
  metricsNamespace: z._default(z.string(), "Holdfast"),
};

/** What every function with a queue is told beside its pools. */
export const queueing = {
  /** Where a message that can not be understood goes, with its reason. */
  deadLetterQueueUrl: z.url("must be the URL of an SQS queue"),
  ...reporting,
};
