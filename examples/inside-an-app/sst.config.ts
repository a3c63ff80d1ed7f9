/// <reference path="./.sst/platform/config.d.ts" />

/** An application of your own whose function joins a pool by spreading one output. */
export default $config({
  app(input) {
    // `sst remove` refuses a protected stage before it begins, whatever else your application has in it.
    return { name: "shop", home: "aws", removal: "remove", protect: input?.stage === "production" };
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
    return { addresses: pools.carriers?.addresses, labels: labels.name };
  },
});
