/**
 * Stands in for the SDK's credential chain in the built functions: Lambda provides the role's credentials as
 * environment variables, and there is no other source.
 */
import { fromEnv } from "@aws-sdk/credential-provider-env";

export const defaultProvider = fromEnv;
