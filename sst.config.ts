/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    return {
      name: "holdfast",
      home: "aws",
      // Addresses have an option of their own (holdfast.config.ts); nothing else here holds data.
      removal: "remove",
      // `sst remove --stage production` is refused before it begins; docs/removal.md says how to take the stage down.
      protect: input?.stage === "production",
    };
  },
  async run() {
    const { buildFunctions } = await import("./stacks/build.ts");
    const { Holdfast } = await import("./stacks/main.ts");
    const { default: config } = await import("./holdfast.config.ts");
    buildFunctions();
    const { pools } = new Holdfast("Holdfast", { config, app: $app.name, stage: $app.stage });
    const handedOut = Object.entries(pools).map(([name, { member: _, ...outputs }]) => [name, $util.output(outputs)]);
    return Object.fromEntries(handedOut);
  },
});
