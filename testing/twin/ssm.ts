import type { GetParameterRequest, PutParameterRequest } from "@aws-sdk/client-ssm";
import * as sdk from "@aws-sdk/client-ssm";
import type { VirtualClock } from "./clock.ts";
import { AwsError, type Service } from "./service.ts";
import type { World } from "./world.ts";

interface Stored {
  readonly value: string;
  readonly type: string;
  readonly version: number;
  readonly modifiedMs: number;
}

/** Parameter Store: put, get, delete. Secure strings are stored as they are. */
export function createSsm({ world, clock }: { readonly world: World; readonly clock: VirtualClock }): Service {
  const parameters = new Map<string, Stored>();

  function find(name: string): Stored {
    const stored = parameters.get(name);
    if (!stored) throw new AwsError("ParameterNotFound", `Parameter ${name} not found.`);
    return stored;
  }

  function put(input: PutParameterRequest) {
    const name = input.Name ?? "";
    const before = parameters.get(name);
    if (before && !input.Overwrite) {
      throw new AwsError(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      );
    }
    const version = (before?.version ?? 0) + 1;
    const type = input.Type ?? before?.type ?? "String";
    parameters.set(name, { value: input.Value ?? "", type, version, modifiedMs: clock.now() });
    return { Version: version, Tier: "Standard" };
  }

  return {
    name: "ssm",
    sdk,
    operations: {
      PutParameter: put,
      GetParameter(input: GetParameterRequest) {
        const name = input.Name ?? "";
        const { value, type, version, modifiedMs } = find(name);
        return {
          Parameter: {
            Name: name,
            Type: type,
            Value: value,
            Version: version,
            LastModifiedDate: new Date(modifiedMs),
            ARN: `arn:aws:ssm:${world.region}:${world.accountId}:parameter/${name.replace(/^\//, "")}`,
            DataType: "text",
          },
        };
      },
      DeleteParameter(input: GetParameterRequest) {
        find(input.Name ?? "");
        parameters.delete(input.Name ?? "");
        return {};
      },
    },
  };
}
