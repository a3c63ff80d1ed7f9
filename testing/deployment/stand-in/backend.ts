/**
 * As much of SSM, STS and S3 as SST needs to keep its state, where everything that is put can be got, and of EC2 as
 * deployments ask with the AWS SDK.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { WireRequest, WireResponse } from "../../twin/codec-model.ts";
import { accountId, emptyAccount, region } from "./account.ts";
import { answerEc2, isEc2 } from "./ec2.ts";

/** SST's own stack of state and asset buckets, as it describes itself in SSM. */
const bootstrap = JSON.stringify({ state: "sst-state-stand-in", asset: "sst-asset-stand-in", version: 7 });

type Ec2 = (request: WireRequest) => WireResponse | Promise<WireResponse>;

export interface Backend {
  readonly url: string;
  /** Sets the account that answers EC2 calls from now on; an empty one until then. */
  serveEc2(answer: Ec2): void;
  close(): void;
}

/** With these, the AWS SDK and SST ask the backend and nobody else. */
export function awsEnvironment({ url }: Backend) {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: "stand-in",
    AWS_SECRET_ACCESS_KEY: "stand-in",
  };
}

export async function startBackend(): Promise<Backend> {
  const objects = new Map<string, Buffer>();
  let ec2: Ec2 = (request) => answerEc2(emptyAccount, request);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
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
        const headers = { authorization: request.headers.authorization ?? "" };
        const answer = await ec2({ method: "POST", path: "/", query, headers, body });
        response.writeHead(answer.status, answer.headers);
        return response.end(answer.body);
      }
      if (request.method === "PUT") objects.set(key, body);
      if (request.method === "DELETE") objects.delete(key);
      if (request.method !== "GET" && request.method !== "HEAD") return response.end();
      // What a removed stage has left in the state bucket: nothing.
      if (request.method === "GET" && request.url?.includes("list-type=2")) return response.end(emptyList);
      const object = objects.get(key);
      response.statusCode = object ? 200 : 404;
      return response.end(object ?? "<Error><Code>NoSuchKey</Code><Message>There is none</Message></Error>");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const serveEc2 = (answer: Ec2) => {
    ec2 = answer;
  };
  return { url: `http://127.0.0.1:${port}`, serveEc2, close: () => server.close() };
}

const emptyList = "<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>";

const callerIdentity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${accountId}:user/operator</Arn><UserId>AIDAOPERATOR</UserId><Account>${accountId}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
