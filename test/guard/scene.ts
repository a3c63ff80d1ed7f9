import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { type GuardEffects, type Guarded, type GuardOptions, withEgressGuard } from "../../src/guard/guard.ts";
import { Partner } from "./partner.ts";

/** Thrown where the process would end. */
export class Exited extends Error {}

export interface GuardScene {
  partner: Partner;
  readonly sandbox: string;
  readonly effects: GuardEffects;
  /** Returns a guarded handler that answers with what it was called with. */
  readonly guard: (options?: Partial<GuardOptions>) => Guarded<(event: string, context: number) => Promise<string>>;
  /** The lines of metrics. */
  readonly written: Record<string, unknown>[];
  nowMs: number;
  uptimeMs: number;
  draw: number;
}

/** Makes a partner and a sandbox anew before each test, with a clock, a draw and a process that the test controls. */
export function useGuardScene(): GuardScene {
  const effects: GuardEffects = {
    exit: () => {
      throw new Exited();
    },
    now: () => scene.nowMs,
    uptime: () => scene.uptimeMs,
    random: () => scene.draw,
    write: (line) => scene.written.push(JSON.parse(line)),
  };
  const guard = (options: Partial<GuardOptions> = {}) =>
    withEgressGuard(
      async (event: string, context: number) => `${event} ${context}`,
      {
        url: scene.partner.url,
        statePath: join(scene.sandbox, "state.json"),
        confirmAfterMs: 1,
        jitterMs: 0,
        ...options,
      },
      effects,
    );
  const scene: GuardScene = Object.assign({} as Omit<GuardScene, "effects" | "guard">, { effects, guard });
  beforeEach(async () => {
    const partner = await Partner.start();
    const sandbox = mkdtempSync(join(tmpdir(), "guard-"));
    Object.assign(scene, { partner, sandbox, nowMs: 1_000_000, uptimeMs: 60_000, draw: 0, written: [] });
  });
  afterEach(async () => {
    await scene.partner.stop();
    rmSync(scene.sandbox, { recursive: true });
  });
  return scene;
}
