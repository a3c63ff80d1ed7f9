/** A client certificate as its secret holds it. Pure; no message quotes what the secret says. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import * as z from "zod/mini";
import type { ClientCertificate } from "./connection.ts";

const secretFields = z.object({
  certificate: z.string(),
  privateKey: z.string(),
  certificateAuthority: z.optional(z.string()),
});

export type ReadCertificate =
  | { readonly clientCertificate: ClientCertificate; readonly expiresMs: number }
  | { readonly problem: string };

const form = "must hold JSON with certificate and privateKey in PEM, and certificateAuthority where it is needed";

/**
 * Returns the certificate of a secret, or why a partner would not take it: what is wrong with it is wrong from every
 * address.
 */
export function readClientCertificate(secret: string, nowMs: number): ReadCertificate {
  const parsed = z.safeParse(secretFields, parsedJson(secret));
  if (!parsed.success) return { problem: form };
  const { certificate, privateKey, certificateAuthority } = parsed.data;
  const own = attempted(() => new X509Certificate(certificate));
  if (!own) return { problem: "certificate is no certificate in PEM" };
  const key = attempted(() => createPrivateKey(privateKey));
  if (!key) return { problem: "privateKey is no key in PEM, or is encrypted" };
  if (!own.checkPrivateKey(key)) return { problem: "privateKey is not the certificate's" };
  if (certificateAuthority !== undefined && !attempted(() => new X509Certificate(certificateAuthority))) {
    return { problem: "certificateAuthority is no certificate in PEM" };
  }
  const expiresMs = Date.parse(own.validTo);
  if (expiresMs <= nowMs) return { problem: `certificate expired on ${day(expiresMs)}` };
  const beginsMs = Date.parse(own.validFrom);
  if (beginsMs > nowMs) return { problem: `certificate is valid from ${day(beginsMs)} on` };
  return { clientCertificate: parsed.data, expiresMs };
}

const day = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

function parsedJson(text: string): unknown {
  return attempted(() => JSON.parse(text));
}

function attempted<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
