import type {
  AliasConfiguration,
  CreateAliasRequest,
  DeleteAliasRequest,
  GetFunctionConcurrencyRequest,
  ListAliasesRequest,
  ListProvisionedConcurrencyConfigsRequest,
  ListTagsRequest,
  ProvisionedConcurrencyConfigListItem,
  PutFunctionConcurrencyRequest,
  PutProvisionedConcurrencyConfigRequest,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateAliasRequest,
} from "@aws-sdk/client-lambda";
import { draw } from "./delays.ts";
import type { LambdaContext, Lifecycle } from "./lambda-lifecycle.ts";
import { conflict, findFunction, findTarget, invalid, latestOf, notFound } from "./lambda-names.ts";
import { describeAlias } from "./lambda-shapes.ts";
import { AwsError, type Operation } from "./service.ts";
import type { Alias, LambdaFunction, ProvisionedConcurrency } from "./world.ts";

/** Aliases: names that route to one version, or to two by weight. */
export function aliasOperations(context: LambdaContext): Record<string, Operation> {
  const { world, identifiers, onChange } = context;

  function store(fn: LambdaFunction, alias: Alias): AliasConfiguration {
    fn.aliases.set(alias.name, demandVersions(fn, alias));
    onChange();
    return describeAlias(fn, alias);
  }

  return {
    CreateAlias(input: CreateAliasRequest) {
      const fn = findFunction(world, input.FunctionName);
      const name = input.Name ?? "";
      if (fn.aliases.has(name)) throw conflict(`Alias already exists: ${fn.functionArn}:${name}`);
      return store(fn, {
        name,
        description: input.Description ?? "",
        functionVersion: input.FunctionVersion ?? "",
        additionalVersionWeights: { ...input.RoutingConfig?.AdditionalVersionWeights },
        revisionId: identifiers.uuid(),
      });
    },
    UpdateAlias(input: UpdateAliasRequest) {
      const fn = findFunction(world, input.FunctionName);
      const before = findAlias(fn, input.Name);
      return store(fn, {
        name: before.name,
        description: input.Description ?? before.description,
        functionVersion: input.FunctionVersion ?? before.functionVersion,
        additionalVersionWeights: input.RoutingConfig
          ? { ...input.RoutingConfig.AdditionalVersionWeights }
          : before.additionalVersionWeights,
        revisionId: identifiers.uuid(),
      });
    },
    DeleteAlias(input: DeleteAliasRequest) {
      const fn = findFunction(world, input.FunctionName);
      fn.aliases.delete(input.Name ?? "");
      fn.provisionedConcurrency.delete(input.Name ?? "");
      onChange();
      return {};
    },
    GetAlias(input: DeleteAliasRequest) {
      const fn = findFunction(world, input.FunctionName);
      return describeAlias(fn, findAlias(fn, input.Name));
    },
    ListAliases(input: ListAliasesRequest) {
      const fn = findFunction(world, input.FunctionName);
      const aliases = [...fn.aliases.values()].filter(
        ({ functionVersion }) => input.FunctionVersion === undefined || input.FunctionVersion === functionVersion,
      );
      return { Aliases: aliases.map((alias) => describeAlias(fn, alias)) };
    },
  };
}

function demandVersions(fn: LambdaFunction, alias: Alias): Alias {
  for (const version of [alias.functionVersion, ...Object.keys(alias.additionalVersionWeights)]) {
    if (!fn.versions.has(version)) throw notFound(`Function not found: ${fn.functionArn}:${version}`);
  }
  if (Object.values(alias.additionalVersionWeights).some((weight) => weight < 0 || weight > 1)) {
    throw invalid("Weights must be between 0.0 and 1.0");
  }
  return alias;
}

function findAlias(fn: LambdaFunction, name: string | undefined): Alias {
  const alias = fn.aliases.get(name ?? "");
  if (!alias) throw notFound(`Cannot find alias arn: ${fn.functionArn}:${name}`);
  return alias;
}

/** Provisioned concurrency, on an alias or a published version. */
export function concurrencyOperations(context: LambdaContext): Record<string, Operation> {
  const { world, clock, delays, random, onChange } = context;

  function find(input: { FunctionName?: string | undefined; Qualifier?: string | undefined }): ProvisionedConcurrency {
    const found = findFunction(world, input.FunctionName).provisionedConcurrency.get(input.Qualifier ?? "");
    if (found) return found;
    throw new AwsError(
      "ProvisionedConcurrencyConfigNotFoundException",
      "No Provisioned Concurrency Config found for this function",
      404,
    );
  }

  return {
    PutProvisionedConcurrencyConfig(input: PutProvisionedConcurrencyConfigRequest) {
      const { fn, version, qualifier } = findTarget(world, input);
      if (qualifier === undefined || version.version === "$LATEST") {
        throw invalid("Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
      }
      const config: ProvisionedConcurrency = {
        requested: input.ProvisionedConcurrentExecutions ?? 0,
        allocated: 0,
        status: "IN_PROGRESS",
        lastModifiedMs: clock.now(),
      };
      fn.provisionedConcurrency.set(qualifier, config);
      clock.after(draw(random, delays.provisionedConcurrency), () => {
        config.allocated = config.requested;
        config.status = "READY";
        onChange();
      });
      onChange();
      return describe(config);
    },
    PutFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions }: PutFunctionConcurrencyRequest) {
      findFunction(world, FunctionName).reservedConcurrency = ReservedConcurrentExecutions;
      return { ReservedConcurrentExecutions };
    },
    GetFunctionConcurrency: ({ FunctionName }: GetFunctionConcurrencyRequest) => ({
      ReservedConcurrentExecutions: findFunction(world, FunctionName).reservedConcurrency,
    }),
    DeleteFunctionConcurrency({ FunctionName }: GetFunctionConcurrencyRequest) {
      findFunction(world, FunctionName).reservedConcurrency = undefined;
      return {};
    },
    GetProvisionedConcurrencyConfig: (input: PutProvisionedConcurrencyConfigRequest) => describe(find(input)),
    DeleteProvisionedConcurrencyConfig(input: PutProvisionedConcurrencyConfigRequest) {
      find(input);
      findFunction(world, input.FunctionName).provisionedConcurrency.delete(input.Qualifier ?? "");
      onChange();
      return {};
    },
    ListProvisionedConcurrencyConfigs(input: ListProvisionedConcurrencyConfigsRequest) {
      const fn = findFunction(world, input.FunctionName);
      return {
        ProvisionedConcurrencyConfigs: [...fn.provisionedConcurrency].map(([qualifier, config]) => ({
          FunctionArn: `${fn.functionArn}:${qualifier}`,
          ...describe(config),
        })),
      };
    },
  };
}

function describe(config: ProvisionedConcurrency): ProvisionedConcurrencyConfigListItem {
  return {
    RequestedProvisionedConcurrentExecutions: config.requested,
    AvailableProvisionedConcurrentExecutions: config.allocated,
    AllocatedProvisionedConcurrentExecutions: config.allocated,
    Status: config.status,
    LastModified: new Date(config.lastModifiedMs).toISOString().replace("Z", "+0000"),
  };
}

/** Tags of a function: they belong to it, not to a version. Refused while an update is in progress (developer guide, states). */
export function tagOperations(context: LambdaContext, lifecycle: Lifecycle): Record<string, Operation> {
  const { world, onChange } = context;

  function writable(arn: string | undefined): LambdaFunction {
    const fn = findFunction(world, arn);
    lifecycle.demandSettled(fn, latestOf(fn));
    return fn;
  }

  return {
    TagResource(input: TagResourceRequest) {
      Object.assign(writable(input.Resource).tags, input.Tags);
      onChange();
      return {};
    },
    UntagResource(input: UntagResourceRequest) {
      const { tags } = writable(input.Resource);
      for (const key of input.TagKeys ?? []) delete tags[key];
      onChange();
      return {};
    },
    ListTags: (input: ListTagsRequest) => ({ Tags: { ...findFunction(world, input.Resource).tags } }),
  };
}
