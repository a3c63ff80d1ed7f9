/** What the console is pointed at. */
import type { Clients } from "../support/clients.ts";
import type { Pool } from "../support/deployment-model.ts";

export type ConsoleClients = Pick<Clients, "ec2" | "lambda" | "tagging" | "cloudWatch" | "logs">;

export interface ConsoleDeployment {
  /** `<app>-<stage>`: the beginning of the names of functions, log groups and dashboards. */
  readonly stage: string;
  readonly pools: readonly Pool[];
}
