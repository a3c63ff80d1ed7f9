/** A certificate authority of the test's own, made by the openssl command in a temporary directory. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  /** The authority's own certificate, PEM. */
  readonly ca: string;
  readonly valid: Certificate;
  /** Ended on 1 February 2020. */
  readonly expired: Certificate;
  /** Ends on 11 January 2026, ten days after the simulated region begins. */
  readonly ending: Certificate;
  /** Of another host. */
  readonly foreign: Certificate;
}

export const expiredMs = Date.UTC(2020, 1, 1);

/** Hosts of tests, of the examples, and the echo. */
const names = [
  "partner.test",
  "other.test",
  "api.example.com",
  "api.acquirer.example",
  "risk.example",
  "checkip.amazonaws.com",
]
  .map((it) => `DNS:${it}`)
  .concat("IP:127.0.0.1")
  .join();

/** Makes an authority with certificates for `partner.test`, `other.test` and 127.0.0.1. */
export function createAuthority(): Authority {
  const directory = mkdtempSync(join(tmpdir(), "authority-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: directory, stdio: "pipe" });
  const read = (name: string) => readFileSync(join(directory, name), "utf8");
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const issue = (name: string, alternatives: string, start: string, end: string): Certificate => {
    openssl("req", ...newKey, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", "/CN=partner");
    writeFileSync(join(directory, "extensions"), `subjectAltName=${alternatives}\n`);
    const authority = ["-config", "config", "-cert", "ca.pem", "-keyfile", "ca.key", "-extfile", "extensions"];
    const dates = ["-startdate", start, "-enddate", end];
    openssl("ca", "-batch", "-notext", ...authority, ...dates, "-in", `${name}.csr`, "-out", `${name}.pem`);
    return { key: read(`${name}.key`), cert: read(`${name}.pem`) };
  };
  try {
    openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test-authority");
    writeFileSync(join(directory, "database"), "");
    writeFileSync(join(directory, "config"), config);
    return {
      ca: read("ca.pem"),
      valid: issue("valid", names, "20200101000000Z", "20400101000000Z"),
      expired: issue("expired", names, "20200101000000Z", "20200201000000Z"),
      ending: issue("ending", names, "20200101000000Z", "20260111000000Z"),
      foreign: issue("foreign", "DNS:stranger.test", "20200101000000Z", "20400101000000Z"),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const config = `
[ca]
default_ca = test
[test]
database = database
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
`;
