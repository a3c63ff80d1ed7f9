import { CredentialsProviderError } from "@smithy/core/config";
import { expect, it } from "vitest";
import { explainFailure, failureText } from "../../cli/support/failure.ts";
import { UsageError } from "../../cli/support/usage-error.ts";
import { call } from "../../src/aws/errors.ts";
import { SettingsError } from "../../src/config/load.ts";

/** The failure of one call in which AWS answered this. */
async function failureOf(error: Error, action = "ec2:DescribeAddresses") {
  return explainFailure(await call(action, () => Promise.reject(error)).catch((caught) => caught));
}

const named = (name: string, message = "what AWS says") => Object.assign(new Error(message), { name });

it.each([
  ["ExpiredToken", 3, /expired.*\n.*log in again/],
  ["RequestExpired", 3, /expired/],
  ["InvalidClientTokenId", 3, /does not accept/],
  ["AuthFailure", 3, /does not accept/],
  ["UnauthorizedOperation", 3, /AWS denied ec2:DescribeAddresses.*what AWS says/],
  ["AccessDeniedException", 3, /AWS denied ec2:DescribeAddresses/],
  ["RequestLimitExceeded", 3, /throttles.*\n.*try again/],
  ["InternalError", 3, /could not do/],
  ["ECONNREFUSED", 3, /could not be reached/],
  ["SomethingNew", 3, /ec2:DescribeAddresses failed \(SomethingNew/],
] as const)("%s ends with %i and says what to do", async (code, exitCode, text) => {
  const failure = await failureOf(named(code));
  expect(failure.exitCode).toBe(exitCode);
  expect(failureText(failure, undefined)).toMatch(text);
  expect(failure.remediation).toMatch(/^\w/);
});

it("takes AuthFailure on a resource for a missing permission, not for wrong credentials", async () => {
  const failure = await failureOf(named("AuthFailure"), "ec2:CreateTags");
  expect(failure).toMatchObject({ exitCode: 3, message: expect.stringContaining("AWS denied ec2:CreateTags") });
});

it("tells missing credentials from everything else", async () => {
  const failure = await failureOf(new CredentialsProviderError("Could not load credentials from any providers"));
  expect(failure).toMatchObject({ exitCode: 3, message: expect.stringContaining("no AWS credentials") });
});

it("tells arguments, settings and its own defects apart", () => {
  expect(explainFailure(new UsageError("no", "do"))).toEqual({ exitCode: 2, message: "no", remediation: "do" });
  expect(explainFailure(new SettingsError("holdfast-x-relocate: pools: …")).exitCode).toBe(1);
  const defect = explainFailure(new TypeError("undefined is not a function"));
  expect(defect.exitCode).toBe(70);
  expect(defect.message).toContain("failure.test.ts");
});
