/**
 * A fixed name: an HTTP API under a domain name → the function. AWS changes the addresses behind the name.
 * Facts: API Gateway developer guide, "Custom domain names for HTTP APIs" and "Disable the default endpoint".
 */
import { apigatewayv2 } from "@pulumi/aws";
import { interpolate, type Output } from "@pulumi/pulumi";
import type { NameIngress } from "../src/config/ingress.ts";
import { allowCall, functionArn, type IngressContext } from "./ingress-caller.ts";

/** The DNS record to create: an alias of the target in the target's zone, or a CNAME to it. */
export interface FixedName {
  readonly kind: "name";
  readonly domainName: string;
  readonly target: Output<string>;
  readonly zoneId: Output<string>;
}

/** Creates one API for every path and method, reachable under its own name only. */
export function createFixedName(
  context: IngressContext,
  { function: called, certificateArn, domainName }: NameIngress,
): FixedName {
  const { place, pool, base, options, tags } = context;
  const api = new apigatewayv2.Api(
    `${base}-api`,
    { name: `${place.prefix}-${pool}`, protocolType: "HTTP", disableExecuteApiEndpoint: true, tags },
    options,
  );
  const integration = new apigatewayv2.Integration(
    `${base}-integration`,
    {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: functionArn(place, called),
      payloadFormatVersion: "2.0",
    },
    options,
  );
  const target = interpolate`integrations/${integration.id}`;
  new apigatewayv2.Route(`${base}-route`, { apiId: api.id, routeKey: "$default", target }, options);
  const stage = new apigatewayv2.Stage(
    `${base}-stage`,
    { apiId: api.id, name: "$default", autoDeploy: true, tags },
    options,
  );
  const tls = { certificateArn, endpointType: "REGIONAL", securityPolicy: "TLS_1_2" };
  const domain = new apigatewayv2.DomainName(
    `${base}-name`,
    { domainName, domainNameConfiguration: tls, tags },
    options,
  );
  new apigatewayv2.ApiMapping(
    `${base}-mapping`,
    { apiId: api.id, domainName: domain.domainName, stage: stage.name },
    options,
  );
  allowCall(context, called, "apigateway.amazonaws.com", interpolate`${api.executionArn}/*`);
  const configuration = domain.domainNameConfiguration;
  return {
    kind: "name",
    domainName,
    target: configuration.targetDomainName,
    zoneId: configuration.hostedZoneId,
  };
}
