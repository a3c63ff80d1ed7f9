/** What AWS charges, in one place: list prices of us-east-1 in USD. Traffic apart where it says so. */

/** As AWS's price pages reckon a month. */
export const hoursPerMonth = 730;
export const minutesPerMonth = 60 * hoursPerMonth;

/** The services' price pages, 2026; from memory where it says so. */
export const usd = {
  /** A public IPv4 address, used or idle. */
  addressPerHour: 0.005,
  /**
   * A zonal NAT gateway, or a regional one for each zone that it is active in. Partial hours are billed in full
   * (VPC pricing page).
   */
  natGatewayPerHour: 0.045,
  /** What a NAT gateway processes, in either direction, on top of what the transfer itself costs. */
  natGatewayPerGb: 0.045,
  /** A t4g.nano, Linux, on demand (EC2 pricing page); its address and its disk come on top. */
  natInstancePerHour: 0.0042,
  /** General purpose disk (gp3), of which a NAT instance's image takes two GB or more. From memory. */
  diskPerGbMonth: 0.08,
  endpointPerZoneHour: 0.01,
  /** Until it is deleted, whether enabled or not. */
  acceleratorPerHour: 0.025,
  /** Before its capacity units. From memory. */
  loadBalancerPerHour: 0.0225,
  /** Prorated by the hours in which it is published. */
  metricPerMonth: 0.3,
  /** For each metric that an alarm is on: one with math counts each of its metrics. */
  alarmMetricPerMonth: 0.1,
  dashboardPerMonth: 3,
  /** `GetMetricData`, per metric that is asked for. */
  metricRead: 0.01 / 1000,
  /** Other calls of CloudWatch, such as `DescribeAlarms`. */
  cloudWatchCall: 0.01 / 1000,
  /** Ingestion. */
  logsPerGb: 0.5,
  /** ARM. */
  lambdaPerGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  /** A FIFO queue. From memory. */
  queueRequest: 0.5 / 1e6,
  scheduledInvocation: 1 / 1e6,
  /** `GetSecretValue`. From memory. */
  secretRead: 0.05 / 10_000,
  /** Of a second and further copy of management events. From memory. */
  trailEvent: 2 / 100_000,
} as const;

/** What an account has for nothing each month, for ever. It is shared with whatever else the account does. */
export const allowances = {
  metrics: 10,
  alarmMetrics: 10,
  dashboards: 3,
  cloudWatchCalls: 1e6,
  logsGb: 5,
  lambdaGbSeconds: 400_000,
  lambdaRequests: 1e6,
  /** From memory. */
  queueRequests: 1e6,
  scheduledInvocations: 14e6,
} as const;
