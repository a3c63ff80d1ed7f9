/** Client certificates from their secret to the partner; what is wrong with one is a finding, and blames no address. */
import { beforeAll, describe, expect, it } from "vitest";
import { readClientCertificate } from "../../src/probing/client-certificate.ts";
import { openCanary, target } from "./canary-scene.ts";
import { type Authority, createAuthority, expiredMs } from "./servers/authority.ts";

const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:bank";
const nowMs = Date.UTC(2026, 10, 1);

let authority: Authority;
beforeAll(() => {
  authority = createAuthority();
});

const secretOf = (certificate: string, privateKey: string, rest: object = {}) =>
  JSON.stringify({ certificate, privateKey, ...rest });

describe("a client certificate's secret", () => {
  it("gives the certificate, its key, the partner's authority and its end", () => {
    const { cert, key } = authority.valid;
    expect(readClientCertificate(secretOf(cert, key, { certificateAuthority: authority.ca }), nowMs)).toEqual({
      clientCertificate: { certificate: cert, privateKey: key, certificateAuthority: authority.ca },
      expiresMs: Date.UTC(2040, 0, 1),
    });
  });

  it.each([
    ["no JSON", () => "certificate", nowMs, /must hold JSON with certificate and privateKey/],
    ["no key", () => JSON.stringify({ certificate: authority.valid.cert }), nowMs, /must hold JSON/],
    ["another text", () => secretOf("text", authority.valid.key), nowMs, /certificate is no certificate in PEM/],
    ["a broken key", () => secretOf(authority.valid.cert, "text"), nowMs, /privateKey is no key in PEM/],
    ["the key of another", () => secretOf(authority.valid.cert, authority.foreign.key), nowMs, /not the certificate's/],
    [
      "a broken authority",
      () => secretOf(authority.valid.cert, authority.valid.key, { certificateAuthority: "text" }),
      nowMs,
      /certificateAuthority is no certificate in PEM/,
    ],
    [
      "an expired one",
      () => secretOf(authority.expired.cert, authority.expired.key),
      expiredMs,
      /expired on 2020-02-01/,
    ],
    [
      "one that is not valid yet",
      () => secretOf(authority.valid.cert, authority.valid.key),
      Date.UTC(2019, 0, 1),
      /valid from 2020-01-01 on/,
    ],
  ])("with %s has that as its problem, and quotes nothing", (_, secret, atMs, problem) => {
    const read = readClientCertificate(secret(), atMs);
    expect(read).toEqual({ problem: expect.stringMatching(problem) });
    expect(JSON.stringify(read)).not.toMatch(/BEGIN|text/);
  });
});

describe("a target with a client certificate", () => {
  const bank = () => target("bank", { clientCertificate: { secret: arn } });

  it("gets it with the invocation, and it is nowhere else", async () => {
    const { cert, key } = authority.ending;
    const scene = await openCanary({ targets: [bank(), target("partner")] });
    scene.secrets.set(arn, secretOf(cert, key));
    const published = await scene.minute();
    expect(scene.invocations.length).toBeGreaterThan(0);
    for (const { request } of scene.invocations) {
      const sent = request.targets.map(({ clientCertificate }) => clientCertificate);
      expect(sent).toEqual([{ certificate: cert, privateKey: key }, undefined]);
    }
    expect(JSON.stringify([scene.logged, scene.reported, scene.published])).not.toMatch(/BEGIN|PRIVATE/);
    // The partner's own ends later.
    expect(published?.values["CertificateDaysLeft"]).toEqual([9]);
  });

  it("that has expired is refused, which is a finding about the target and no block", async () => {
    const scene = await openCanary({ targets: [bank(), target("partner")] });
    scene.secrets.set(arn, secretOf(authority.expired.cert, authority.expired.key));
    const published = await scene.minute();
    expect(published?.values).toMatchObject({ TargetsRefused: [1], AddressesBlocked: [0] });
    expect(scene.logged.filter((line) => line.includes("clientCertificate: certificate expired"))).not.toEqual([]);
    expect(scene.invocations.flatMap(({ request }) => request.targets.map(({ name }) => name))).not.toContain("bank");
  });
});
