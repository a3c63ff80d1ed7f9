/** A refusal and an address in one clause, in every pairing: only where the refusal is of the caller's address does it count. */
import { describe, expect, it } from "vitest";
import { judge } from "../../src/probing/verdict.ts";
import { http } from "./answers/recorded.ts";

const json = { "content-type": "application/json" };
const isBlamed = (message: string, status: number): boolean => {
  const verdict = judge(http(status, json, JSON.stringify({ message })));
  return verdict.kind === "blocked" && verdict.scope === "address";
};
const each = (...parts: readonly (readonly string[])[]): string[] =>
  parts.reduce<string[]>((all, next) => all.flatMap((one) => next.map((it) => `${one} ${it}`.trim())), [""]);

const refusals = [
  ...["is not allowed", "is blocked", "has been blocked", "is not whitelisted", "is not on the allow list"],
  ...["was rejected", "is forbidden", "is banned", "is not authorized", "isn't trusted", "has been denied access"],
];
const caller = [
  ...["Your IP", "Your IP address 203.0.113.9", "The client IP", "This IP address", "IP 203.0.113.9", "The source IP"],
  ...["Your current IP address (203.0.113.9)", "The IP address", "Remote IP 203.0.113.9", "Your server's IP"],
  ...["The IP address of the client", "The IP you are calling from", "The IP address from which you are connecting"],
];
const denials = [
  ...["Access denied", "Access is not allowed", "Request rejected", "Requests are not accepted", "Calls are blocked"],
  ...["Login is not permitted", "You are not authorized", "The key is not valid"],
];
const links = ["from your IP", "from IP 203.0.113.9", "for this IP address", "because your IP is not whitelisted"];

const owners = [
  ...["webhook", "callback", "customer", "payer", "recipient", "destination", "gateway", "load balancer", "container"],
  ...["node", "database", "proxy", "mail server", "beneficiary", "device", "printer", "subscriber", "next hop"],
];
const kinds = ["elastic", "floating", "reserved", "dedicated", "virtual", "private", "billing", "return", "wallet"];
const things = [
  "pool",
  "camera",
  "phone",
  "plan",
  "block purchase",
  "reputation service",
  "lookup",
  "license",
  "transit",
];
const deeds = [
  "add",
  "edit",
  "delete",
  "assign",
  "move",
  "release",
  "see",
  "export",
  "manage",
  "whitelist",
  "configure",
];

describe("a refusal in one clause with an address", () => {
  it("of the caller is found, whichever stands first", () => {
    const all = [...each(caller, refusals), ...each(denials, links)];
    expect(all.filter((message) => !isBlamed(message, 403))).toEqual([]);
  });

  it("of another party or another thing is none", () => {
    const all = [
      ...each(["The"], owners, ["IP"], refusals),
      ...each(["The IP of the"], owners, refusals),
      ...each(["The IP address in the"], owners, ["settings"], refusals),
      ...each(kinds, ["IP address", "address"], refusals),
      ...each(["The IP", "Your IP"], things, refusals),
    ];
    expect(all.filter((message) => isBlamed(message, 403) || isBlamed(message, 400))).toEqual([]);
  });

  it("of what may be done to it is none", () => {
    const all = [
      ...each(["You are not allowed to", "You cannot"], deeds, ["this IP address"]),
      ...each(["Permission denied: cannot", "Your role may not"], deeds, ["IP restrictions", "an IP allow list"]),
    ];
    expect(all.filter((message) => isBlamed(message, 403))).toEqual([]);
  });

  it("that is only supposed is none", () => {
    const supposed = each(["If your IP", "Should your IP", "Access fails when your IP"], refusals, [
      ", write to support",
    ]);
    expect(supposed.filter((message) => isBlamed(message, 403))).toEqual([]);
  });
});
