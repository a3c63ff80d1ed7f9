import { AwsError, type Call } from "./service.ts";

/** A token bucket: `capacity` calls at once, `perSecond` more each second. */
interface Rate {
  readonly capacity: number;
  readonly perSecond: number;
}

interface Bucket {
  readonly key: string;
  readonly rate: Rate;
}

/**
 * EC2 request token buckets, per account and region, one for each API action.
 * Source: EC2 developer guide, "Request throttling for the Amazon EC2 API".
 */
const EC2_RATES = {
  describe: { capacity: 100, perSecond: 20 },
  describeUnfiltered: { capacity: 50, perSecond: 10 },
  write: { capacity: 50, perSecond: 5 },
  networkInterfaceWrite: { capacity: 100, perSecond: 5 },
  natGatewayWrite: { capacity: 10, perSecond: 1 },
  createTags: { capacity: 100, perSecond: 10 },
} as const satisfies Record<string, Rate>;

const EC2_SPECIAL: Readonly<Record<string, Rate>> = {
  CreateNetworkInterface: EC2_RATES.networkInterfaceWrite,
  DeleteNetworkInterface: EC2_RATES.networkInterfaceWrite,
  ModifyNetworkInterfaceAttribute: EC2_RATES.networkInterfaceWrite,
  CreateNatGateway: EC2_RATES.natGatewayWrite,
  DeleteNatGateway: EC2_RATES.natGatewayWrite,
  AssociateNatGatewayAddress: EC2_RATES.natGatewayWrite,
  DisassociateNatGatewayAddress: EC2_RATES.natGatewayWrite,
  CreateTags: EC2_RATES.createTags,
};

/**
 * Lambda API requests per second: `GetFunction` by itself, all other control plane operations together.
 * Source: Lambda developer guide, "Lambda quotas". The burst is not documented; one second's worth is assumed.
 */
const LAMBDA_GET: Bucket = { key: "lambda:GetFunction", rate: { capacity: 100, perSecond: 100 } };
const LAMBDA_CONTROL: Bucket = { key: "lambda", rate: { capacity: 15, perSecond: 15 } };

/** CloudWatch transactions per second. Source: CloudWatch service quotas; burst assumed as for Lambda. */
const CLOUDWATCH_RATES: Readonly<Record<string, Rate>> = {
  PutMetricData: { capacity: 500, perSecond: 500 },
  PutMetricAlarm: { capacity: 3, perSecond: 3 },
  PutDashboard: { capacity: 10, perSecond: 10 },
};

export interface Throttle {
  /** Takes a token for the call, or answers the error that AWS gives when there is none. */
  admit(call: Call, nowMs: number): AwsError | undefined;
}

export function createThrottle(): Throttle {
  const levels = new Map<string, { tokens: number; atMs: number }>();
  return {
    admit(call, nowMs) {
      const bucket = bucketOf(call);
      if (!bucket) return undefined;
      const { capacity, perSecond } = bucket.rate;
      const level = levels.get(bucket.key) ?? { tokens: capacity, atMs: nowMs };
      const tokens = Math.min(capacity, level.tokens + ((nowMs - level.atMs) / 1000) * perSecond);
      const admitted = tokens >= 1;
      levels.set(bucket.key, { tokens: admitted ? tokens - 1 : tokens, atMs: nowMs });
      return admitted ? undefined : refusal(call.service);
    },
  };
}

function bucketOf(call: Call): Bucket | undefined {
  switch (call.service) {
    case "ec2":
      return ec2Bucket(call);
    case "lambda":
      if (call.operation.startsWith("Invoke")) return undefined;
      return call.operation === "GetFunction" ? LAMBDA_GET : LAMBDA_CONTROL;
    case "monitoring": {
      const rate = CLOUDWATCH_RATES[call.operation];
      return rate && { key: `monitoring:${call.operation}`, rate };
    }
    default:
      return undefined;
  }
}

function ec2Bucket({ operation, input }: Call): Bucket {
  const key = `ec2:${operation}`;
  if (!operation.startsWith("Describe")) return { key, rate: EC2_SPECIAL[operation] ?? EC2_RATES.write };
  // "Unfiltered and unpaginated": without filters, ids and page size.
  const narrowed = Object.entries(input).some(
    ([name, value]) => name === "MaxResults" || (Array.isArray(value) && value.length > 0),
  );
  return narrowed
    ? { key, rate: EC2_RATES.describe }
    : { key: `${key}:unfiltered`, rate: EC2_RATES.describeUnfiltered };
}

function refusal(service: string): AwsError {
  switch (service) {
    case "ec2":
      return new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
    case "lambda":
      return new AwsError("TooManyRequestsException", "Rate exceeded", 429);
    default:
      return new AwsError("Throttling", "Rate exceeded", 400);
  }
}
