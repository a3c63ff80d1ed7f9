/**
 * Stands in for the SDK's credential chain in the built functions: Lambda hands the role's credentials over as
 * environment variables, and nothing else is ever there to ask.
 */
import { fromEnv } from "@aws-sdk/credential-provider-env";

export const defaultProvider = fromEnv;
