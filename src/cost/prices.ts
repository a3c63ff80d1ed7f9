/** What AWS charges, in one place: list prices of us-east-1 in USD. Traffic apart where it says so. */

/** As AWS's price pages reckon a month. */
export const hoursPerMonth = 730;

/** Price pages of VPC, PrivateLink, CloudWatch and Global Accelerator, 2026. */
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
  /** A t4g.nano, Linux, on demand (EC2 pricing page); its address comes on top. */
  natInstancePerHour: 0.0042,
  endpointPerZoneHour: 0.01,
  /** Until it is deleted, whether enabled or not. */
  acceleratorPerHour: 0.025,
  /** Before its capacity units. From memory. */
  loadBalancerPerHour: 0.0225,
  metricPerMonth: 0.3,
  alarmPerMonth: 0.1,
  /** The first three of an account are free. */
  dashboardPerMonth: 3,
} as const;

/** USD a month of a NAT gateway with its one public address, without traffic. */
export const natGatewayPerMonth = (usd.natGatewayPerHour + usd.addressPerHour) * hoursPerMonth;
