import { describe, expect, it } from "vitest";
import { openAttachScene, sharedRefused } from "./deployed-scene.ts";

/** Evidence takes a quarter of an hour. */
const storyMinutes = 25;

describe("an update that attaches, whose answer gets lost", () => {
  it.each([1, 3])(
    "%i times in a row, is reported once all the same",
    async (times) => {
      const scene = await openAttachScene();
      scene.region.faults.inject({
        operation: "UpdateFunctionConfiguration",
        principal: scene.roleArn,
        when: "after",
        times,
        error: "timeout",
      });
      scene.partner.rules.push(sharedRefused);
      scene.environmentsPerMinute = 2;
      await scene.pass(storyMinutes);
      expect(scene.latest().vpcConfig?.subnetIds).toHaveLength(2);
      expect(scene.events.filter(({ type }) => type === "FunctionAttached")).toHaveLength(1);
      expect(scene.misdeeds).toEqual([]);
    },
    60_000,
  );
});
