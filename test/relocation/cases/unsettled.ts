/** What goes on, and what has to wait, while not every version is settled. */
import { address, attachment, functionArn, member, networkInterface, version, world } from "../build.ts";
import type { Case } from "./case.ts";

const web = attachment("a", "web");
const api = attachment("b", "api");
const old = attachment("a", "old");
const orders = member("orders", version("settled", [web]));

export const unsettled = (["changing", "failed"] as const).flatMap((status): Case[] => {
  const billing = member("billing", version(status, [api], "7", "EniLimitExceeded"));
  const waits = status === "changing" ? ["interface of vpc-1 subnet-b sg-api, arriving"] : [];
  const findings = status === "failed" ? [`failed-update 10 ${functionArn("billing")} EniLimitExceeded`] : [];
  const update = (urgent: string) => (status === "changing" ? [`update of 7${urgent}`] : []);
  return [
    {
      name: `${status}: nothing is moved; a shortage is reported unless the update's end can cure it`,
      observed: world({
        members: [orders, billing],
        interfaces: [networkInterface("1", web), networkInterface("2", old)],
        addresses: [address("2", { on: "2" })],
      }),
      findings: status === "changing" ? [] : ["shortage 4 eni-1", ...findings],
      waits: [...update(", urgent"), ...waits],
    },
    {
      name: `${status}: nothing drains, whatever its note says`,
      observed: world({
        members: [orders, billing],
        interfaces: [networkInterface("1", web), networkInterface("2", old), networkInterface("3", old)],
        addresses: [
          address("1", { on: "1" }),
          address("2", { on: "2" }),
          address("3", { on: "3", use: ["draining", "a", 0] }),
        ],
      }),
      findings,
      waits: [...update(""), ...waits],
    },
    {
      name: `${status}: a serving interface without address gets a spare, a blocked address is swapped`,
      observed: world({
        members: [orders, billing],
        interfaces: [networkInterface("1", web), networkInterface("2", web)],
        addresses: [address("1"), address("2", { on: "2", blocked: true }), address("3")],
      }),
      actions: ["associate 2 eni-1 eipalloc-1", "swap 5 eni-2 eipalloc-3 for eipalloc-2 (eipassoc-2)"],
      findings,
      waits: [...update(""), ...waits],
    },
  ];
});
