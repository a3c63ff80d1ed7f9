/** Lambda entry point of a probe: it runs in the VPC, asks what its event names, and calls no AWS API. */
import { systemClock } from "../src/aws/clock.ts";
import { createProbeHandler } from "../src/probing/probe-handler.ts";
import { dnsResolver } from "../src/probing/resolve.ts";
import { levelIn, metricsWriter } from "../src/telemetry/metrics.ts";

export const handler = createProbeHandler({
  network: { resolve: dnsResolver() },
  now: systemClock.now,
  writeMetrics: metricsWriter(levelIn(process.env)),
});
