/** The part of Lambda's Node runtime that a function notices. Standard output belongs to the executor. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const answer = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
const [folder, handlerName] = process.argv.slice(2);
const [file, name] = handlerName.split(".");
const path = ["mjs", "js", "cjs"].map((end) => join(folder, `${file}.${end}`)).find(existsSync);
const shape = (error) => ({
  errorType: error?.name ?? "Error",
  errorMessage: String(error?.message ?? error),
  trace: String(error?.stack ?? "").split("\n"),
});
let handler;
try {
  handler = (await import(pathToFileURL(path).href))[name];
} catch (error) {
  answer(`${JSON.stringify({ ready: false, error: shape(error) })}\n`);
  process.exit(1);
}
answer(`${JSON.stringify({ ready: true })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const { event, requestId, arn, timeoutMs } = JSON.parse(line);
  const endMs = Date.now() + timeoutMs;
  const env = process.env;
  const context = {
    awsRequestId: requestId,
    invokedFunctionArn: arn,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, endMs - Date.now()),
  };
  try {
    answer(`${JSON.stringify({ result: (await handler(event, context)) ?? null })}\n`);
  } catch (error) {
    console.error(JSON.stringify(shape(error)));
    answer(`${JSON.stringify({ error: shape(error) })}\n`);
  }
}
