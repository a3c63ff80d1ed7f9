/** An account in the simulated region, as a rehearsal calls it, without the wire. */
import { EC2Client } from "@aws-sdk/client-ec2";
import type { Account } from "../../cli/rehearse/account.ts";
import { createRehearsalClients } from "../../cli/rehearse/clients.ts";
import { directClients, type Wire } from "../deployment/direct-clients.ts";
import { principalOf } from "../twin/dispatch.ts";
import type { Region } from "../twin/region.ts";

/** A client of the SDK. */
type Sender = Parameters<Wire>[0];

/** By which name the twin knows each client's service. */
const services: Readonly<Record<keyof ReturnType<typeof createRehearsalClients>, string>> = {
  cloudTrail: "cloudtrail",
  cloudWatch: "monitoring",
  ec2: "ec2",
  eventBridge: "events",
  iam: "iam",
  invoker: "lambda",
  lambda: "lambda",
  logs: "logs",
  quotas: "servicequotas",
  scheduler: "scheduler",
  secretsManager: "secretsmanager",
  sqs: "sqs",
  ssm: "ssm",
  sts: "sts",
  tagging: "tagging",
};

/** @param adapt changes each client before it is used */
export function rehearsalAccount(region: Region, caller: string, adapt: (client: Sender) => void = () => {}): Account {
  const { accountId, region: name } = region.world;
  const connect = <Client extends Sender>(wire: Wire, client: Client, service: string): Client => {
    const connected = wire(client, service);
    adapt(connected);
    return connected;
  };
  const wire = directClients(region, caller);
  const clients = createRehearsalClients({ region: name });
  for (const [key, client] of Object.entries(clients)) {
    connect<Sender>(wire, client, services[key as keyof typeof clients]);
  }
  return {
    clients,
    clock: region.clock,
    place: { partition: "aws", region: name, accountId },
    caller,
    interrupted: () => false,
    ec2Of: ({ accessKeyId }) =>
      connect(directClients(region, principalOf(accessKeyId) ?? ""), new EC2Client({ region: name }), "ec2"),
    say: () => {},
  };
}
