/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app() {
    return {
      name: "holdfast",
      home: "aws",
      // Addresses have an option of their own (holdfast.config.ts); nothing else here holds data.
      removal: "remove",
    };
  },
  async run() {
    const { buildFunctions } = await import("./stacks/build.ts");
    const { Holdfast } = await import("./stacks/main.ts");
    const { default: config } = await import("./holdfast.config.ts");
    buildFunctions();
    const { pools } = new Holdfast("Holdfast", { config, app: $app.name, stage: $app.stage });
    return Object.fromEntries(
      Object.entries(pools).map(([name, { addresses, subnetIds, securityGroupIds, dashboardUrl }]) => [
        name,
        $util.all({
          addresses: $util.all(addresses),
          subnetIds: $util.all(subnetIds),
          securityGroupIds: $util.all(securityGroupIds),
          dashboardUrl,
        }),
      ]),
    );
  },
});
