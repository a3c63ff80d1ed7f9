/** What NAT gateways are billed by: the zones that each is active in, and the data that it has processed. */
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { NatGateway } from "@aws-sdk/client-ec2";
import { readSeries } from "../../src/telemetry/read-series.ts";
import type { Series } from "../../src/telemetry/series.ts";

const gigabyte = 1024 ** 3;

/** Bytes that came in, from clients and from the internet (VPC user guide, NAT gateway metrics). */
const processed = ["BytesInFromSource", "BytesInFromDestination"] as const;

/** Returns how many gigabytes each NAT gateway has processed in this time. @throws AwsCallError */
export async function readProcessedGb(
  cloudWatch: CloudWatchClient,
  natGatewayIds: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<ReadonlyMap<string, number>> {
  const seriesOf = (NatGatewayId: string) =>
    processed.map(
      (metric): Series => ({
        namespace: "AWS/NATGateway",
        metric,
        dimensions: { NatGatewayId },
        statistic: "Sum",
        periodSeconds: 86_400,
      }),
    );
  const dataOf = await readSeries(cloudWatch, natGatewayIds.flatMap(seriesOf), fromMs, toMs);
  const bytesOf = (id: string) => seriesOf(id).flatMap(dataOf);
  return new Map(natGatewayIds.map((id) => [id, bytesOf(id).reduce((sum, { value }) => sum + value, 0) / gigabyte]));
}

/** Returns in how many zones a NAT gateway is: one, but for a regional one. */
export function zonesOf({ NatGatewayAddresses = [] }: NatGateway): number {
  return Math.max(1, new Set(NatGatewayAddresses.flatMap((it) => it.AvailabilityZone ?? [])).size);
}
