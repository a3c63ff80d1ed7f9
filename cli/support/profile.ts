/** Profiles of the AWS configuration. */
import { loadSharedConfigFiles } from "@smithy/core/config";
import { UsageError } from "./usage-error.ts";

/** Sections of the file that are no profiles, as the SDK names them. */
const otherSections = /^(?:sso-session|services)\./;

/**
 * Refuses a profile that the shared files do not have, of which the SDK says only that there are no credentials.
 * `AWS_PROFILE` counts where it decides: credentials in the environment come first.
 * @throws UsageError with the profiles that there are
 */
export async function checkProfile(profile: string | undefined, environment: NodeJS.ProcessEnv): Promise<void> {
  const fromEnvironment = environment["AWS_ACCESS_KEY_ID"] ? undefined : environment["AWS_PROFILE"];
  const wanted = profile ?? fromEnvironment;
  if (!wanted) return;
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const names = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])].filter(
    (name) => !otherSections.test(name),
  );
  if (names.includes(wanted)) return;
  throw new UsageError(
    `there is no AWS profile ${wanted}`,
    names.length > 0
      ? `give ${profile ? "--profile" : "AWS_PROFILE"} as one of ${names.sort().join(", ")}`
      : "there are none in ~/.aws/config and ~/.aws/credentials: aws configure sso makes one",
  );
}
