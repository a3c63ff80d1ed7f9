/** IAM policy documents from plain statements. */
import { type Input, jsonStringify, type Output } from "@pulumi/pulumi";

export interface Statement {
  readonly sid: string;
  /** `Allow` unless given. */
  readonly effect?: "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly Input<string>[];
  /** Operator → condition key → values. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly Input<string>[]>>>>;
}

export function policyDocument(statements: readonly Statement[]): Output<string> {
  return jsonStringify({
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect = "Allow", actions, resources, conditions }) => ({
      Sid: sid,
      Effect: effect,
      Action: actions,
      Resource: resources,
      ...(conditions ? { Condition: conditions } : {}),
    })),
  });
}

/** Lets one AWS service assume the role; with `accountId`, only on behalf of that account. */
export function trust(service: string, accountId?: Input<string>): Output<string> {
  return jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: service },
        ...(accountId ? { Condition: { StringEquals: { "aws:SourceAccount": accountId } } } : {}),
      },
    ],
  });
}

/** Returns a resource's policy: one service may call the action on it, on behalf of the given sources. */
export function resourcePolicy(
  service: string,
  action: string,
  resource: Input<string>,
  sourceArns: readonly Input<string>[],
): Output<string> {
  return jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: action,
        Resource: resource,
        Condition: { ArnEquals: { "aws:SourceArn": sourceArns } },
      },
    ],
  });
}
