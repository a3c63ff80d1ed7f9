/** The operator's calls on a simulated region, without latency. */
import type { Region } from "../twin/region.ts";

export type Operator = <Output>(service: string, operation: string, input: object) => Promise<Output>;

export function operatorOf(region: Region): Operator {
  return async <Output>(service: string, operation: string, input: object) =>
    (await region.call({
      service,
      operation,
      input: input as Record<string, unknown>,
      principal: undefined,
    })) as Output;
}
