/**
 * The part of Lambda's runtime that a built function notices: its module is imported once, then `handler` is called
 * with one event after another. Talks to the parent over IPC; standard output and error stay the function's own.
 */
const context = {
  functionName: "relocate",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:relocate",
  memoryLimitInMB: "256",
  awsRequestId: "00000000-0000-4000-8000-000000000000",
  logGroupName: "/aws/lambda/relocate",
  logStreamName: "wire",
  callbackWaitsForEmptyEventLoop: true,
};

const { now } = Date;
let aheadMs = Number(process.env.WIRE_AHEAD_MS ?? 0);
/** What is skipped after each event: a schedule's minute need not be waited for. */
const skippedMs = Number(process.env.WIRE_SKIPPED_MS ?? 0);
Date.now = () => now() + aheadMs;

try {
  const { handler } = await import(process.argv[2]);
  process.on("message", async (event) => {
    const startedMs = Date.now();
    const getRemainingTimeInMillis = () => 120_000 - (Date.now() - startedMs);
    try {
      const answer = await handler(event, { ...context, getRemainingTimeInMillis });
      // After all that the function wrote; pipes keep the order, and the parent may read this channel first.
      process.stdout.write("END\n");
      process.stderr.write("END\n");
      aheadMs += skippedMs;
      process.send({ answer });
    } catch (error) {
      process.send({ error: String(error) });
    }
  });
  process.send({ ready: true });
} catch (error) {
  process.send({ error: `${error.name}: ${error.message}` }, () => process.exit(1));
}
