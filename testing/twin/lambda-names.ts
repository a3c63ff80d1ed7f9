import { AwsError } from "./service.ts";
import type { Alias, FunctionVersion, LambdaFunction, World } from "./world.ts";

/** A function's name as a caller gives it, taken apart. */
export interface FunctionReference {
  readonly functionName: string;
  readonly qualifier: string | undefined;
}

const forms = [
  /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:(?<name>[\w-]+)(?::(?<qualifier>[\w$-]+))?$/,
  /^\d{12}:function:(?<name>[\w-]+)(?::(?<qualifier>[\w$-]+))?$/,
  /^(?<name>[\w-]+)(?::(?<qualifier>[\w$-]+))?$/,
];

/** Reads a name, an ARN or a partial ARN, each with or without a qualifier (SDK, `FunctionName`). Throws `ValidationException`. */
export function parseFunctionName(text: string): FunctionReference {
  for (const form of forms) {
    const groups = form.exec(text)?.groups;
    if (groups?.["name"]) return { functionName: groups["name"], qualifier: groups["qualifier"] };
  }
  throw new AwsError(
    "ValidationException",
    `1 validation error detected: Value '${text}' at 'functionName' is invalid`,
  );
}

/** The function and version that a name and a qualifier identify. `alias` is set when the qualifier names one. */
export interface Target {
  readonly fn: LambdaFunction;
  readonly version: FunctionVersion;
  readonly alias: Alias | undefined;
  readonly qualifier: string | undefined;
}

interface Named {
  readonly FunctionName?: string | undefined;
  readonly Qualifier?: string | undefined;
}

/** Finds the function. Throws `ResourceNotFoundException`. */
export function findFunction(world: World, name: string | undefined): LambdaFunction {
  const { functionName } = parseFunctionName(name ?? "");
  const fn = world.functions.get(functionName);
  if (!fn) throw notFound(`Function not found: ${functionArn(world, functionName)}`);
  return fn;
}

/** Finds the version that the input means: `$LATEST`, a number, or where an alias points. Throws `ResourceNotFoundException`. */
export function findTarget(world: World, input: Named): Target {
  const fn = findFunction(world, input.FunctionName);
  const qualifier = input.Qualifier ?? parseFunctionName(input.FunctionName ?? "").qualifier;
  const alias = qualifier === undefined ? undefined : fn.aliases.get(qualifier);
  const version = fn.versions.get(alias?.functionVersion ?? qualifier ?? "$LATEST");
  if (!version) throw notFound(`Function not found: ${fn.functionArn}:${qualifier}`);
  return { fn, version, alias, qualifier };
}

/** Returns the mutable version, which every function has. */
export function latestOf(fn: LambdaFunction): FunctionVersion {
  const version = fn.versions.get("$LATEST");
  if (!version) throw new Error(`${fn.functionName} has no $LATEST`);
  return version;
}

export function functionArn(world: World, functionName: string): string {
  return `arn:aws:lambda:${world.region}:${world.accountId}:function:${functionName}`;
}

export function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message, 404);
}

export function conflict(message: string): AwsError {
  return new AwsError("ResourceConflictException", message, 409);
}

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message, 400);
}
