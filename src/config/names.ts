/**
 * Names that the deployment gives and the functions or the command line look up. They are made here, so that both get
 * the same name, and none is longer than AWS allows.
 */
import { createHash } from "node:crypto";

/** What a service accepts as a name. */
export interface NameLimit {
  readonly mostCharacters: number;
  /** An ending that has a meaning: a name that has it keeps it. */
  readonly ending?: string;
  /** What it has to look like, where letters, digits and dashes in any order will not do. */
  readonly pattern?: RegExp;
}

export const nameLimits = {
  /** Lambda API reference, CreateFunction. */
  function: { mostCharacters: 64 },
  /** SQS API reference, CreateQueue: the ending counts. */
  queue: { mostCharacters: 80, ending: ".fifo" },
  /** CloudWatch Logs API reference, CreateLogGroup. */
  logGroup: { mostCharacters: 512 },
  /** CloudWatch API reference, PutMetricAlarm. */
  alarm: { mostCharacters: 255 },
  /** CloudFormation user guide, AWS::CloudWatch::Dashboard. */
  dashboard: { mostCharacters: 255 },
  /** CloudFormation user guide, Outputs: unique in the account and Region. */
  export: { mostCharacters: 255, pattern: /^[A-Za-z0-9:-]+$/ },
} as const satisfies Record<string, NameLimit>;

/** 32 bits: a deployment has some hundreds of names. */
const hashCharacters = 8;

/**
 * Returns the name itself if the service accepts it; otherwise its beginning and a hash of all of it, so that two long
 * names that begin alike stay different.
 */
export function fitted(name: string, { mostCharacters, ending = "", pattern }: NameLimit): string {
  if (name.length <= mostCharacters && (pattern?.test(name) ?? true)) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, hashCharacters);
  const end = name.endsWith(ending) ? ending : "";
  const room = mostCharacters - end.length - hash.length - 1;
  const beginning = (pattern ? name.replace(/[^A-Za-z0-9]+/g, "-") : name).slice(0, room);
  return `${beginning.replace(/^-+|-+$/g, "")}-${hash}${end}`;
}

/**
 * Returns the name of a function.
 * @param stage `<app>-<stage>`
 * @param part such as `relocate`, or `<pool>-<vantage>` of a probe
 */
export function functionNameOf(stage: string, part: string): string {
  return fitted(`${stage}-${part}`, nameLimits.function);
}

/** Returns the log group of a function. */
export function logGroupOf(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/** Returns the name of the queue that an actuator reads. @param actuator such as `relocation` */
export function queueNameOf(stage: string, actuator: string): string {
  return fitted(`${stage}-${actuator}.fifo`, nameLimits.queue);
}

/** Returns the name of the actuator's dead-letter queue. */
export function deadLettersName(stage: string, actuator: string): string {
  return fitted(`${stage}-${actuator}-dead-letters.fifo`, nameLimits.queue);
}

/** Returns the name of the queue of events and sweeps that did not reach the actuator's queue. */
export function undeliveredName(stage: string, actuator: string): string {
  return fitted(`${stage}-${actuator}-undelivered`, nameLimits.queue);
}

/** Returns the name of an alarm. @param label the alarm's own name, with the pool's before it */
export function alarmNameOf(stage: string, label: string): string {
  return fitted(`${stage}-${label}`, nameLimits.alarm);
}

export function dashboardNameOf(stage: string): string {
  return fitted(stage, nameLimits.dashboard);
}

/** Returns the name of the probe in one of the members' subnets. */
export function vantageOf(subnetIndex: number): string {
  return `zone-${subnetIndex + 1}`;
}

/** Returns the name of the parameter in which a pool's subnets or security groups are published. */
export function publishedNameOf(stage: string, pool: string, part: string): string {
  return `/holdfast/${stage}/pools/${pool}/${part}`;
}

/** Returns the name of the CloudFormation export of the same. */
export function exportNameOf(stage: string, pool: string, part: string): string {
  return fitted(`${stage}-${pool}-${part}`, nameLimits.export);
}
