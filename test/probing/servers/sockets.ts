/** What tests over real sockets share: an authority, a network that trusts it, and servers that end with their test. */
import { afterEach } from "vitest";
import type { TargetRequest } from "../../../src/probing/target.ts";
import { createAuthority } from "./authority.ts";
import { networkOf } from "./partner.ts";

interface Stoppable {
  stop(): Promise<void>;
}

export const timeouts = { dnsMs: 4000, connectMs: 2000, tlsMs: 2000, firstByteMs: 2000, totalMs: 5000 };

/** Returns them for one test file; whatever is started, or handed to `stopAfter`, is stopped after its test. */
export function useSockets() {
  const authority = createAuthority();
  const running: Stoppable[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((it) => it.stop()));
  });
  return {
    authority,
    network: networkOf(authority),
    stopAfter: (it: Stoppable) => void running.push(it),
    async start<Server extends Stoppable>(server: Promise<Server>): Promise<Server> {
      const started = await server;
      running.push(started);
      return started;
    },
  };
}

/** Returns a request for a partner on this machine. */
export function target(url: string, rest: Partial<TargetRequest> = {}): TargetRequest {
  const plain = { name: "partner", method: "GET", headers: {}, protocol: "http/1.1" } as const;
  return { ...plain, url, allowHttp: false, allowPrivate: true, timeouts, ...rest };
}
