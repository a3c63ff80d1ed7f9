/** Permissions for the services that invoke a function on a partner's behalf. */
import { lambda } from "@pulumi/aws";
import { type CustomResourceOptions, interpolate, type Output } from "@pulumi/pulumi";
import type { Place } from "./place.ts";

/** What the parts of one pool's ingress have in common. */
export interface IngressContext {
  readonly place: Place;
  readonly pool: string;
  /** Prefix of logical names. */
  readonly base: string;
  readonly options: CustomResourceOptions;
  readonly tags: Record<string, string>;
}

/** @param called name of a function, or name and alias, as in `callbacks:live` */
export function functionArn({ partition, region, accountId }: Place, called: string): Output<string> {
  return interpolate`arn:${partition}:lambda:${region}:${accountId}:function:${called}`;
}

/** Lets one caller invoke the function or its alias; the source ARN includes the account. */
export function allowCall(
  { base, options }: IngressContext,
  called: string,
  principal: string,
  sourceArn: Output<string>,
): lambda.Permission {
  const [name = "", qualifier] = called.split(":");
  const args = {
    action: "lambda:InvokeFunction",
    function: name,
    ...(qualifier ? { qualifier } : {}),
    principal,
    sourceArn,
  };
  return new lambda.Permission(`${base}-permission`, args, options);
}
