/** The console's clients for a simulated region: it answers at once, even while its clock is paused. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { ConsoleClients } from "../cli/console/deployment.ts";
import { asSdkError } from "../testing/deployment/direct-clients.ts";
import { clientConfig } from "../testing/twin/endpoint.ts";
import type { Region } from "../testing/twin/region.ts";

export function consoleClients(region: Region): ConsoleClients {
  const config = clientConfig(region);
  const atOnce = <Client extends object>(client: Client, service: string): Client =>
    Object.assign(client, {
      async send(command: { readonly input: object }) {
        const operation = command.constructor.name.replace(/Command$/, "");
        const call = { service, operation, input: { ...command.input }, principal: undefined };
        const output = await region.call(call).catch(asSdkError);
        if (output instanceof Error) throw output;
        return output;
      },
    });
  return {
    ec2: atOnce(new EC2Client(config), "ec2"),
    lambda: atOnce(new LambdaClient(config), "lambda"),
    tagging: atOnce(new ResourceGroupsTaggingAPIClient(config), "tagging"),
    cloudWatch: atOnce(new CloudWatchClient(config), "monitoring"),
    logs: atOnce(new CloudWatchLogsClient(config), "logs"),
  };
}
