import { defineHoldfast } from "./src/config/holdfast.ts";

/** Two zones, spares, a NAT gateway for when addresses do not help, and all that an on-call team wants to see. */
export default defineHoldfast({
  pools: {
    payments: {
      members: { names: ["payments-*"] },
      network: {
        create: {
          zones: 2,
          cidr: "10.80.0.0/16",
          interfaceEndpoints: ["secretsmanager"],
          flowLogs: { days: 7 },
        },
      },
      // Two serve, one waits, and one is for the NAT gateway: within AWS's first quota of five. With one spare, a change
      // of the members' security groups leaves one of the two zones without egress for seconds; two spares prevent that.
      addresses: { count: 2, spares: 1 },
      targets: [
        {
          name: "acquirer",
          url: "https://api.acquirer.example/v2/ping",
          method: "GET",
          headers: { authorization: { ssm: "/payments/acquirer/probe-token" } },
          healthy: { statuses: [200], json: { path: "status", pattern: "^up$" } },
          networks: ["203.0.113.0/24"],
        },
        {
          name: "risk",
          url: "https://risk.example/health",
          rules: [
            {
              id: "not-on-our-list",
              when: { statuses: [403], body: "source address .* is not registered" },
              result: { kind: "blocked", scope: "address" },
            },
          ],
        },
      ],
      fallback: { standby: "cold", holdMinutes: 60, maxFallbackHours: 3 },
      schedule: { drainSeconds: 120 },
    },
  },
  notifications: { email: "on-call@example.com", runbookUrl: "https://git.example.com/holdfast/docs/runbook.md" },
  retention: { logDays: 90 },
  trail: "create",
});
