/** One round from one vantage: all targets and the echo at once, each on a connection of its own. */
import { isIP } from "node:net";
import { echoName } from "../config/target-rules.ts";
import type { Network } from "./connection.ts";
import { probe } from "./probe.ts";
import type { RoundAnswer, RoundRequest } from "./target.ts";

const echoTimeouts = { dnsMs: 2000, connectMs: 2000, tlsMs: 2000, firstByteMs: 2000, totalMs: 4000 };

/** Asks all targets, and an echo for the address that the world sees. Ends with the longest `totalMs` of them. */
export async function runRound(network: Network, request: RoundRequest): Promise<RoundAnswer> {
  const { vantage, targets } = request;
  const inTurn = { ...network, resolve: takingTurns(network.resolve, request.turn) };
  const [publicIp, answers] = await Promise.all([
    askEcho(network, request.echoUrl),
    Promise.all(targets.map((target) => probe(inTurn, target))),
  ]);
  return { vantage, answers, ...(publicIp === undefined ? {} : { publicIp }) };
}

/**
 * Returns a resolver that puts the address whose turn it is first. DNS gives them in any order; so that answers can be
 * compared, all probes of a round are to ask the same one where they know the same ones.
 */
function takingTurns(resolve: Network["resolve"], turn: number): Network["resolve"] {
  return async (host, signal) => {
    const addresses = [...(await resolve(host, signal))].sort();
    const first = addresses.length === 0 ? 0 : turn % addresses.length;
    return [...addresses.slice(first), ...addresses.slice(0, first)];
  };
}

/** Returns the address that the echo saw, or undefined. A probe asks it wherever it is, and counts only an IP address. */
async function askEcho(network: Network, url: string): Promise<string | undefined> {
  const plain = { method: "GET", headers: {}, protocol: "http/1.1", allowHttp: true, allowPrivate: true } as const;
  const target = { name: echoName, url, ...plain };
  const { answer } = await probe(network, { ...target, timeouts: echoTimeouts }, 0);
  const text = answer.kind === "http" && answer.status === 200 ? answer.body.trim() : "";
  return isIP(text) ? text : undefined;
}

/**
 * Returns whether anything out there answered this vantage: the echo saw it, or a connection to a target stood. What a
 * round without anything to ask says is nothing.
 */
export function hasEgress({ publicIp, answers }: RoundAnswer): boolean {
  return (
    publicIp !== undefined ||
    answers.some(({ answer }) => answer.kind === "http" || (answer.kind === "failure" && reached(answer.phase)))
  );
}

const reached = (phase: string): boolean => phase === "tls" || phase === "first-byte";
