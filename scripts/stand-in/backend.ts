/**
 * As much of SSM, STS and S3 as SST needs to keep its state, where everything that is put can be got, and of EC2 as
 * deployments ask with the AWS SDK.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Account, accountId, emptyAccount } from "./account.ts";
import { answerEc2, isEc2 } from "./ec2.ts";

/** SST's own stack of state and asset buckets, as it describes itself in SSM. */
const bootstrap = JSON.stringify({ state: "sst-state-stand-in", asset: "sst-asset-stand-in", version: 7 });

export interface Backend {
  readonly url: string;
  /** Whose EC2 answers from now on. */
  serve(account: Account): void;
  close(): void;
}

export async function startBackend(): Promise<Backend> {
  const objects = new Map<string, Buffer>();
  let account = emptyAccount;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const target = String(request.headers["x-amz-target"] ?? "");
      const key = (request.url ?? "").split("?")[0] ?? "";
      if (target.endsWith("GetParameter")) {
        const { Name } = JSON.parse(body.toString());
        const Value = Name === "/sst/bootstrap" ? bootstrap : "passphrase";
        response.setHeader("content-type", "application/x-amz-json-1.1");
        return response.end(JSON.stringify({ Parameter: { Name, Type: "String", Value } }));
      }
      if (body.includes("Action=GetCallerIdentity")) return response.end(callerIdentity);
      if (isEc2({ body })) {
        const query = new URLSearchParams();
        const answer = answerEc2(account, { method: "POST", path: "/", query, headers: {}, body });
        response.writeHead(answer.status, answer.headers);
        return response.end(answer.body);
      }
      if (request.method === "PUT") objects.set(key, body);
      if (request.method === "DELETE") objects.delete(key);
      if (request.method !== "GET" && request.method !== "HEAD") return response.end();
      const object = objects.get(key);
      response.statusCode = object ? 200 : 404;
      return response.end(object ?? "<Error><Code>NoSuchKey</Code><Message>There is none</Message></Error>");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const serve = (it: Account) => {
    account = it;
  };
  return { url: `http://127.0.0.1:${port}`, serve, close: () => server.close() };
}

const callerIdentity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${accountId}:user/operator</Arn><UserId>AIDAOPERATOR</UserId><Account>${accountId}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
