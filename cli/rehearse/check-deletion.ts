/** How long an interface with an address outlives its function, and what becomes of the address. */
import {
  AllocateAddressCommand,
  DescribeAddressesCommand,
  DetachInternetGatewayCommand,
  type NetworkInterface,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { DeleteFunctionCommand } from "@aws-sdk/client-lambda";
import { type Account, ask, refusalOf, until } from "./account.ts";
import { check, secondsOf, type Verdict } from "./check.ts";
import { measureDeletion } from "./measured.ts";
import { interfacesWith } from "./member-interface.ts";
import { functionParts, nameOf } from "./names.ts";
import type { OwnNetwork } from "./network.ts";
import type { Scene } from "./scene.ts";

interface Seen {
  /** Whether an address was on the interface. */
  readonly addressed: boolean;
  /** What became of detaching the internet gateway meanwhile. */
  readonly detaching: string;
  /** Undefined: it was still there when the time was up. */
  readonly goneAfterMs: number | undefined;
  readonly last: NetworkInterface | undefined;
  /** When EC2 first showed it as `available`, which Lambda leaves it in before it deletes it; undefined: in no look. */
  readonly availableAfterMs?: number | undefined;
  /** Whether the address was still allocated, and on nothing. */
  readonly free: boolean;
  /** What EC2 answered to allocating the same address again once it was released; undefined: it was had again. */
  readonly again: string | undefined;
}

/** As long as a subnet's deletion is tried (Terraform's AWS provider), which a removal of a stage depends on. */
const limitMs = 45 * 60_000;
const stepMs = 15_000;

export const deletionCheck = check<Seen>({
  id: "deletion",
  question: "How long does an interface with an address outlive its function, and is the address kept?",
  needs: ["association"],
  makes: "",
  seconds: 20 * 60,
  observe: watchDeletion,
  judge: judgeDeletion,
  measure: ({ goneAfterMs, availableAfterMs }) =>
    goneAfterMs === undefined ? {} : measureDeletion(goneAfterMs, availableAfterMs, stepMs),
});

async function watchDeletion(scene: Scene): Promise<Seen> {
  const { account, run, network } = scene;
  const { lambda } = account.clients;
  const { groupId, own } = await network();
  const [before] = await interfacesWith(scene, groupId);
  const allocationId = before?.Association?.AllocationId;
  account.say("deleting the functions, and waiting until Lambda has deleted its interface: usually 20 min, at most 45");
  for (const part of Object.values(functionParts)) {
    const command = new DeleteFunctionCommand({ FunctionName: nameOf(run, part) });
    await refusalOf(ask(account, "lambda:DeleteFunction", () => lambda.send(command)));
  }
  const startMs = account.clock.now();
  const detaching = own ? await detach(account, own) : "of an existing network the gateway was not detached";
  let last = before;
  let availableAfterMs: number | undefined;
  const gone = await until(account, { stepMs, limitMs }, async () => {
    const [shown] = await interfacesWith(scene, groupId);
    last = shown ?? last;
    if (shown?.Status === "available") availableAfterMs ??= account.clock.now() - startMs;
    return shown === undefined || undefined;
  });
  const goneAfterMs = gone ? account.clock.now() - startMs : undefined;
  const seen = { addressed: allocationId !== undefined, detaching, goneAfterMs, availableAfterMs, last };
  if (!gone || allocationId === undefined) return { ...seen, free: false, again: undefined };
  return { ...seen, ...(await haveAgain(account, allocationId)) };
}

async function detach(account: Account, { gatewayId, vpcId }: OwnNetwork): Promise<string> {
  const command = new DetachInternetGatewayCommand({ InternetGatewayId: gatewayId, VpcId: vpcId });
  const send = () => account.clients.ec2.send(command);
  const refusal = await refusalOf(ask(account, "ec2:DetachInternetGateway", send));
  return refusal === undefined ? "the gateway could be detached meanwhile" : `detaching the gateway: ${refusal}`;
}

/** Releases an address that is free and asks for the same again, with the same tags. */
async function haveAgain(account: Account, AllocationId: string): Promise<Pick<Seen, "free" | "again">> {
  const { ec2 } = account.clients;
  const describe = new DescribeAddressesCommand({ Filters: [{ Name: "allocation-id", Values: [AllocationId] }] });
  const { Addresses = [] } = await ask(account, "ec2:DescribeAddresses", () => ec2.send(describe));
  const [{ AssociationId, PublicIp, Tags = [] } = {}] = Addresses;
  if (!PublicIp || AssociationId !== undefined) return { free: false, again: undefined };
  await ask(account, "ec2:ReleaseAddress", () => ec2.send(new ReleaseAddressCommand({ AllocationId })));
  const TagSpecifications = [{ ResourceType: "elastic-ip" as const, Tags }];
  const command = new AllocateAddressCommand({ Domain: "vpc", Address: PublicIp, TagSpecifications });
  const again = await refusalOf(ask(account, "ec2:AllocateAddress", () => ec2.send(command)));
  return { free: true, again };
}

export function judgeDeletion({ addressed, detaching, goneAfterMs, free, again }: Seen): Verdict {
  if (goneAfterMs === undefined) {
    return {
      outcome: "differs",
      found: `the interface was still there after 45 min, ${addressed ? "with its address" : "without an address"}`,
      meaning:
        "an address holds up the deletion of its interface, or Lambda takes longer than reported: a removal that finds one waits in vain",
      remediation:
        "wait for the end of a drain before a removal (teardown takes the addresses off), and tell the maintainers",
    };
  }
  const seconds = { "from the function's deletion to the interface's": secondsOf(goneAfterMs) };
  if (!addressed)
    return {
      outcome: "differs",
      found: `no address was on it; ${detaching}`,
      meaning: "what an address does to it was not found out",
      remediation: "run the rehearsal again",
      seconds,
    };
  if (!free) {
    return {
      outcome: "fail",
      found: `the address was no longer allocated, or not free, once its interface was deleted; ${detaching}`,
      meaning: "an address that partners have on their allow-list can be lost with an interface",
      remediation: "do not deploy; tell the maintainers",
      seconds,
    };
  }
  const kept = "the address stayed allocated";
  if (again !== undefined) {
    return {
      outcome: "differs",
      found: `${kept}; once released it could not be had again (${again}); ${detaching}`,
      meaning: "an address that a person or another system releases is lost, though EC2's guide says otherwise",
      remediation: "keep janitors away from the pool's addresses (docs/security.md), and tell the maintainers",
      seconds,
    };
  }
  return { outcome: "pass", found: `${kept}, and was had again after a release; ${detaching}`, seconds };
}
