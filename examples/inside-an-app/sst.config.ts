/// <reference path="./.sst/platform/config.d.ts" />

/** An application of your own whose function joins a pool by spreading one output. */
export default $config({
  app() {
    return { name: "shop", home: "aws", removal: "remove" };
  },
  async run() {
    const { defineHoldfast, Holdfast } = await import("holdfast/sst");
    const config = defineHoldfast({
      pools: {
        carriers: {
          network: { create: { zones: 2 } },
          targets: [{ name: "carrier", url: "https://api.carrier.example/" }],
        },
      },
    });
    const { pools } = new Holdfast("Egress", { config, app: $app.name, stage: $app.stage });
    const labels = new sst.aws.Function("Labels", {
      handler: "labels.handler",
      runtime: "nodejs22.x",
      ...pools.carriers?.member,
    });
    return { addresses: $util.all(pools.carriers?.addresses ?? []), labels: labels.name };
  },
});
