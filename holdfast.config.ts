import { defineHoldfast } from "./src/config/holdfast.ts";

/** Every field is described in docs/configuration.md; examples/ holds files for other situations. */
export default defineHoldfast({
  pools: {
    partners: {
      network: { create: { zones: 1 } },
      targets: [{ name: "partner", url: "https://api.example.com/" }],
    },
  },
});
