import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AwsCallError, accessProblem, call, classify, errorClasses } from "../../src/aws/errors.ts";

/** An error as the SDK throws it: its name is AWS's code. */
function sdkError(name: string, message = "no", more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

async function failure(action: string, thrown: unknown): Promise<AwsCallError> {
  const error = await call(action, () => Promise.reject(thrown)).catch((caught: unknown) => caught);
  if (error instanceof AwsCallError) return error;
  throw new Error("no AwsCallError");
}

describe("classify", () => {
  it.each([
    ["ServiceUnavailable", "transient"],
    ["ECONNRESET", "transient"],
    ["ETIMEDOUT", "transient"],
    ["EPIPE", "transient"],
    ["ENOTFOUND", "transient"],
    ["EAI_AGAIN", "transient"],
    ["RequestTimeout", "transient"],
    ["SlowDown", "throttled"],
    ["RequestLimitExceeded", "throttled"],
    ["TooManyRequestsException", "throttled"],
    ["Resource.AlreadyAssociated", "conflict"],
    ["ResourceConflictException", "conflict"],
    ["InvalidAllocationID.NotFound", "gone"],
    ["ResourceNotFoundException", "gone"],
    ["UnauthorizedOperation", "denied"],
    ["AccessDeniedException", "denied"],
    ["AuthFailure", "refused"],
    ["OperationNotPermitted", "refused"],
    ["AddressLimitExceeded", "quota"],
    ["InvalidParameterValue", "invalid"],
    ["ExpiredToken", "denied"],
    ["SignatureDoesNotMatch", "denied"],
    ["CredentialsProviderError", "denied"],
    ["EAI_AGAIN", "transient"],
    ["InternalServerError", "transient"],
    ["InternalException", "transient"],
    ["ServiceException", "transient"],
    ["ThrottledException", "throttled"],
    ["ResourceInUseException", "conflict"],
    ["AWS.SimpleQueueService.NonExistentQueue", "gone"],
    ["InvalidAddress.Locked", "invalid"],
    ["SomethingNew", "bug"],
  ])("%s is %s", (code, errorClass) => {
    expect(classify(code)).toBe(errorClass);
  });

  it("knows no code that neither a test nor the twin answers with", () => {
    const sources = ["test", "testing"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".ts"))
        .map((path) => readFileSync(`${folder}/${path}`, "utf8")),
    );
    const isMet = (code: string) => sources.some((text) => text.includes(`"${code}"`));
    expect(Object.keys(errorClasses).filter((code) => !isMet(code))).toEqual([]);
  });
});

describe("accessProblem", () => {
  it.each([
    ["ec2:DescribeAddresses", "AuthFailure", "unknown"],
    ["ec2:AssociateAddress", "AuthFailure", undefined],
    ["ec2:AssociateAddress", "ExpiredToken", "expired"],
    ["lambda:ListAliases", "TokenProviderError", "absent"],
    ["lambda:ListAliases", "ECONNREFUSED", "unreachable"],
    ["lambda:ListAliases", "ETIMEDOUT", "unreachable"],
    ["lambda:ListAliases", "AccessDeniedException", undefined],
  ])("of %s with %s is %s", (action, code, problem) => {
    expect(accessProblem(action, code)).toBe(problem);
  });
});

describe("the tables", () => {
  it("name each code once", () => {
    const text = readFileSync("src/aws/errors.ts", "utf8");
    const codes = [...text.matchAll(/^ {2}"?([\w.]+)"?: "(?:\w+)",$/gm)].map(([, code = ""]) => code);
    expect(codes.length).toBeGreaterThan(50);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it("are the only place that knows what a code means", () => {
    const files = ["src", "cli", "stacks", "functions"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
    );
    const codes = /"(?:AuthFailure|UnauthorizedOperation|AccessDenied\w*|ExpiredToken\w*|Throttling\w*)"/;
    const others = files.filter((file) => file.endsWith(".ts") && file !== "src/aws/errors.ts");
    expect(others.filter((file) => codes.test(readFileSync(file, "utf8")))).toEqual([]);
  });
});

describe("classify what the SDK threw", () => {
  it.each([
    ["a server error of any code", { $fault: "server", $metadata: { httpStatusCode: 503 } }, "transient"],
    [
      "an error whose cause is a closed socket",
      { cause: Object.assign(new Error("no"), { code: "EPIPE" }) },
      "transient",
    ],
    ["what the service says to try again", { $retryable: {} }, "transient"],
    ["an answer 429", { $fault: "client", $metadata: { httpStatusCode: 429 } }, "throttled"],
    ["a refusal with a code that no table has", { $fault: "client", $metadata: { httpStatusCode: 400 } }, "invalid"],
    ["anything else", {}, "bug"],
  ])("%s", async (_what, more, errorClass) => {
    expect(await failure("ec2:AssociateAddress", sdkError("SomethingNew", "no", more))).toMatchObject({ errorClass });
  });
});

describe("call", () => {
  it("returns what the call answers", async () => {
    expect(await call("ec2:DescribeAddresses", async () => 7)).toBe(7);
  });

  it("says which permission a denied call lacks", async () => {
    const error = await failure("ec2:CreateTags", sdkError("UnauthorizedOperation", "You are not authorized"));
    expect(error).toMatchObject({ action: "ec2:CreateTags", code: "UnauthorizedOperation", errorClass: "denied" });
    expect(error.message).toBe(
      "AWS denied ec2:CreateTags: the function's role lacks this permission, or its conditions do not hold " +
        "(UnauthorizedOperation: You are not authorized)",
    );
  });

  it.each(["AuthFailure", "OperationNotPermitted"])("says that associating was refused by %s", async (code) => {
    const error = await failure("ec2:AssociateAddress", sdkError(code));
    expect(error.errorClass).toBe("refused");
    expect(error.message).toBe(`AWS refused to associate an address with a Lambda interface (${code}: no)`);
  });

  it("does not speak of associating when another call was refused", async () => {
    const error = await failure("ec2:DisassociateAddress", sdkError("OperationNotPermitted"));
    expect(error.message).toBe("ec2:DisassociateAddress failed: OperationNotPermitted: no");
  });

  it("names action, code and message of any other failure, and keeps its cause", async () => {
    const cause = sdkError("IncorrectState", "busy");
    const error = await failure("ec2:AssociateAddress", cause);
    expect(error.message).toBe("ec2:AssociateAddress failed: IncorrectState: busy");
    expect(error).toMatchObject({ name: "AwsCallError", errorClass: "conflict", cause });
  });

  it("takes a system error's code before its name", async () => {
    const error = await failure("ec2:DescribeAddresses", sdkError("Error", "reset", { code: "ECONNRESET" }));
    expect(error).toMatchObject({ code: "ECONNRESET", errorClass: "transient" });
  });

  it("takes the name where the code is no text", async () => {
    const error = await failure("ec2:DescribeAddresses", sdkError("Throttling", "slow", { code: 400 }));
    expect(error).toMatchObject({ code: "Throttling", errorClass: "throttled" });
  });

  it("lets through what is not an error", async () => {
    await expect(call("ec2:DescribeAddresses", () => Promise.reject("odd"))).rejects.toBe("odd");
  });
});
