import { defineHoldfast } from "./src/config/holdfast.ts";

/** One pool in one zone, with a spare. Every function that carries the tag `holdfast:pool = partners` is a member. */
export default defineHoldfast({
  pools: {
    partners: {
      network: { create: {} },
      targets: [{ name: "partner", url: "https://api.example.com/" }],
    },
  },
});
