/** Whoever calls a function on a partner's behalf, and no more than that. */
import { lambda } from "@pulumi/aws";
import { type CustomResourceOptions, interpolate, type Output } from "@pulumi/pulumi";
import type { Place } from "./place.ts";

/** What the parts of one pool's ingress have in common. */
export interface Making {
  readonly place: Place;
  readonly pool: string;
  /** Beginning of logical names. */
  readonly base: string;
  readonly options: CustomResourceOptions;
  readonly tags: Record<string, string>;
}

/** @param called name of a function, or name and alias as `callbacks:live` */
export function functionArn({ partition, region, accountId }: Place, called: string): Output<string> {
  return interpolate`arn:${partition}:lambda:${region}:${accountId}:function:${called}`;
}

/** Lets one caller invoke the function, or the alias that was named; the ARN names the account too. */
export function allowCall(
  { base, options }: Making,
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
