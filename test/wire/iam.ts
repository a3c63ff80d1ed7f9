/** The emulator's IAM, spoken to without a client: roles for functions, and a user that may not do everything. */
const query = "Version=2010-05-08";
/** Names the service, which is all that the emulator reads of an unsigned request. */
const authorization =
  "AWS4-HMAC-SHA256 Credential=operator/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=none";

/** One IAM call; answers its XML. */
export async function callIam(endpoint: string, Action: string, parameters: Record<string, string>): Promise<string> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
    body: `${query}&${new URLSearchParams({ Action, ...parameters })}`,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${Action}: ${text}`);
  return text;
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Keys of a new user who may do everything but the actions named. */
export async function userWithout(endpoint: string, UserName: string, denied: readonly string[]): Promise<Keys> {
  const Statement = [
    { Effect: "Allow", Action: "*", Resource: "*" },
    { Effect: "Deny", Action: denied, Resource: "*" },
  ];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await callIam(endpoint, "CreateUser", { UserName });
  await callIam(endpoint, "PutUserPolicy", { UserName, PolicyName: "all-but", PolicyDocument });
  const keys = await callIam(endpoint, "CreateAccessKey", { UserName });
  const read = (tag: string) => new RegExp(`<${tag}>(.*?)</${tag}>`).exec(keys)?.[1] ?? "";
  return { accessKeyId: read("AccessKeyId"), secretAccessKey: read("SecretAccessKey") };
}

/** While `work` runs, the emulator enforces policies. */
export async function enforcing<T>(endpoint: string, work: () => Promise<T>): Promise<T> {
  const allow = (calls: string) => fetch(`${endpoint}/moto-api/reset-auth`, { method: "POST", body: calls });
  await allow("0");
  try {
    return await work();
  } finally {
    await allow("inf");
  }
}
