import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { DescribeAddressesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterEach, describe, expect, it } from "vitest";
import { callLimits, limitedTo } from "../../src/aws/call-limits.ts";
import { AwsCallError, call } from "../../src/aws/errors.ts";

const servers: { readonly server: Server; readonly sockets: Socket[] }[] = [];

afterEach(() => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

/** A server that accepts each connection, says this much once it is asked, and then nothing more. */
async function listen(says: string) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", () => socket.write(says));
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return { endpoint: `http://127.0.0.1:${port}`, sockets };
}

const place = { region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } };

/** Returns how a call to the server ended, and after how long. */
async function ask(endpoint: string, limits: ReturnType<typeof limitedTo>, maxAttempts: number) {
  const client = new EC2Client({ ...place, ...limits, endpoint, maxAttempts });
  const beganMs = Date.now();
  const ending = await call("ec2:DescribeAddresses", () => client.send(new DescribeAddressesCommand())).catch(
    (error: unknown) => error,
  );
  client.destroy();
  return { ending, tookMs: Date.now() - beganMs };
}

describe("a call to a server that does not answer", () => {
  it.each([
    ["says nothing", ""],
    ["stops within its answer", "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n<Desc"],
  ])(
    "%s: each attempt ends at its limit, and the failure may pass",
    async (_, says) => {
      const { endpoint, sockets } = await listen(says);
      const { ending, tookMs } = await ask(
        endpoint,
        limitedTo({ connectionMs: 300, answerMs: 300, silenceMs: 300 }),
        3,
      );
      expect(ending).toBeInstanceOf(AwsCallError);
      expect(ending).toMatchObject({ errorClass: "transient" });
      expect(sockets).toHaveLength(3);
      expect(tookMs).toBeGreaterThanOrEqual(900);
      expect(tookMs).toBeLessThan(6_000);
    },
    10_000,
  );

  it("costs a function five seconds an attempt", async () => {
    const { endpoint } = await listen("");
    const { ending, tookMs } = await ask(endpoint, callLimits, 1);
    expect(ending).toMatchObject({ errorClass: "transient" });
    expect(Math.round(tookMs / 1000)).toBe(5);
  }, 15_000);
});

it("every client that is made has limits", () => {
  const files = ["functions", "src", "cli"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => `${folder}/${path}`),
  );
  const made = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/new \w+Client\(.*\)/g)].map(([text]) => `${file}: ${text}`),
  );
  expect(made.length).toBeGreaterThan(25);
  const limited = /Client\((callLimits|invocationLimits|.*commandLimits.*|config|\{ \.\.\.config, .*)\)/;
  expect(made.filter((text) => !limited.test(text))).toEqual([]);
});
