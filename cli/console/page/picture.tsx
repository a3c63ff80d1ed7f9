import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { AddressView, FunctionView, InterfaceView, PoolView, SubnetView } from "../model.ts";
import type { Flow } from "./flows.ts";
import type { Box } from "./geometry.ts";
import { type Layout, layOut } from "./layout.ts";
import { summary } from "./summary.ts";

/** The pool as it stands, drawn anew for another width and moved as it changes. */
export function Picture({ pool }: { pool: PoolView }) {
  const [holder, width] = useWidth();
  return (
    <div ref={holder} class="picture">
      {width !== undefined && <Drawing key={width} pool={pool} width={width} />}
    </div>
  );
}

/** Addresses on what holds them, and the ways that traffic takes. */
function Drawing({ pool, width }: { pool: PoolView; width: number }) {
  const layout = useMemo(() => layOut(pool, width), [pool, width]);
  const { height, network, tray, gateway } = layout;
  return (
    <svg width={width} height={height} role="img" aria-label={summary(pool)}>
      <rect class="network" {...network} rx={12} />
      <text class="title" x={network.x + 12} y={network.y + 18}>
        Your VPC
      </text>
      <rect class="tray" {...tray} rx={12} />
      <text class="title" x={tray.x + 12} y={tray.y + 18}>
        Addresses not in use
      </text>
      {pool.subnets.map((subnet) => (
        <Subnet key={subnet.subnetId} subnet={subnet} box={layout.subnets.get(subnet.subnetId)} />
      ))}
      {layout.flows.map((flow) => (
        <FlowLine key={flow.key} flow={flow} />
      ))}
      {pool.interfaces.map((it) => (
        <Interface key={it.networkInterfaceId} it={it} pool={pool} box={layout.interfaces.get(it.networkInterfaceId)} />
      ))}
      {gateway && <Gateway pool={pool} box={gateway} />}
      {pool.functions.map((it) => (
        <Member key={it.name} it={it} pool={pool} box={layout.functions.get(it.name)} />
      ))}
      {pool.partners.map(({ name, host, refuses }) => (
        <Card
          key={name}
          box={layout.partners.get(name)}
          kind={refuses.length > 0 ? "partner bad" : "partner"}
          name={name}
          says={refuses.length > 0 ? `✕ refuses ${refuses.length}` : "✓ accepts"}
          title={host}
        />
      ))}
      {pool.addresses.map((address) => (
        <Address key={address.allocationId} address={address} layout={layout} />
      ))}
      {layout.flows.map(({ key, mark }) => mark && <Mark key={key} {...mark} />)}
    </svg>
  );
}

/** Below this the picture is cut rather than squeezed; before the style sheet has come, nothing has a width. */
const narrowest = 320;

/** The width that the picture has, followed as the window changes. */
function useWidth() {
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState<number>();
  useLayoutEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    const measure = () => setWidth(Math.max(narrowest, Math.floor(element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [holder, width] as const;
}

/** Moves as the box does; the style sheet says how fast. */
const at = ({ x, y }: Box) => ({ transform: `translate(${x}px, ${y}px)` });

/** As much of a text as fits. */
function shorten(text: string, width: number, perCharacter = 7): string {
  const most = Math.floor(width / perCharacter);
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}

function Card({
  box,
  kind,
  name,
  says,
  title,
}: {
  box: Box | undefined;
  kind: string;
  name: string;
  says: string;
  title: string;
}) {
  if (!box) return null;
  return (
    <g class={`card ${kind}`} style={at(box)}>
      <title>{title}</title>
      <rect width={box.width} height={box.height} rx={8} />
      <text class="name" x={12} y={box.height / 2 - 3}>
        {shorten(name, box.width - 20)}
      </text>
      <text class="says" x={12} y={box.height / 2 + 12}>
        {shorten(says, box.width - 20, 6.2)}
      </text>
    </g>
  );
}

function Member({ it, pool, box }: { it: FunctionView; pool: PoolView; box: Box | undefined }) {
  const shut = pool.exits.some(({ networkInterfaceId, way }) => way === "shut" && it.uses.includes(networkInterfaceId));
  const says = shut
    ? "✕ no egress"
    : { settled: "running", changing: "↻ updating", failed: "! update failed", idle: "idle" }[it.status];
  return (
    <Card box={box} kind={shut ? "member bad" : "member"} name={it.name} says={says} title={`Function ${it.name}`} />
  );
}

const routeTexts: Readonly<Record<SubnetView["route"], string>> = {
  direct: "→ internet gateway",
  fallback: "→ NAT gateway",
  dead: "→ deleted NAT gateway",
  other: "→ other target",
  none: "no default route",
};

function Subnet({ subnet: { label, route }, box }: { subnet: SubnetView; box: Box | undefined }) {
  if (!box) return null;
  return (
    <g class={`subnet ${route}`} style={at(box)}>
      <rect width={box.width} height={box.height} rx={9} />
      <text class="label" x={12} y={17}>
        {label}
      </text>
      <text class="route" x={box.width - 12} y={17} text-anchor="end">
        {routeTexts[route]}
      </text>
    </g>
  );
}

function Interface({ it, pool, box }: { it: InterfaceView; pool: PoolView; box: Box | undefined }) {
  const users = pool.functions.filter(({ uses }) => uses.includes(it.networkInterfaceId)).map(({ name }) => name);
  const says =
    users.length > 0 ? `carries ${users.join(", ")}` : it.role === "arriving" || !it.inUse ? "arriving" : "unused";
  const kind = users.length > 0 ? "interface" : "interface idle";
  return (
    <Card
      box={box}
      kind={kind}
      name={`eni …${it.networkInterfaceId.slice(-5)}`}
      says={says}
      title={it.networkInterfaceId}
    />
  );
}

function Gateway({ pool, box }: { pool: PoolView; box: Box }) {
  const { natGateway } = pool;
  const says = natGateway
    ? { pending: "↻ being created", available: "carries traffic", deleting: "being deleted", failed: "! failed" }[
        natGateway.state
      ]
    : "not created";
  return (
    <Card
      box={box}
      kind={natGateway ? "gateway" : "gateway absent"}
      name="NAT gateway"
      says={says}
      title={natGateway?.natGatewayId ?? "Created only when needed"}
    />
  );
}

/** Returns sign, word and style of an address's state: none depends on colour only. */
function lookOf({ state, blocked }: AddressView): { sign: string; says: string; kind: string } {
  if (state === "suspect") return { sign: "?", says: "blocked, suspect", kind: "bad" };
  if (blocked) return { sign: "✕", says: "blocked", kind: "bad" };
  switch (state) {
    case "serving":
      return { sign: "✓", says: "serving", kind: "good" };
    case "arriving":
      return { sign: "→", says: "ready", kind: "good" };
    case "draining":
      return { sign: "◔", says: "draining", kind: "plain" };
    case "spare":
      return { sign: "○", says: "spare", kind: "plain" };
    case "standby":
      return { sign: "◇", says: "for fallback", kind: "fallback" };
    case "on NAT":
      return { sign: "✓", says: "on NAT", kind: "good" };
    case "elsewhere":
      return { sign: "!", says: "elsewhere", kind: "bad" };
  }
}

function Address({ address, layout }: { address: AddressView; layout: Layout }) {
  const box = layout.addresses.get(address.allocationId);
  if (!box) return null;
  const { sign, says, kind } = lookOf(address);
  const { width, height } = box;
  return (
    <g class={`address ${address.role === "fallback" ? "fallback" : kind}`} style={at(box)}>
      <title>{`${address.publicIp} (${address.allocationId}): ${says}`}</title>
      <rect width={width} height={height} rx={height / 2} />
      <circle cx={19} cy={height / 2} r={9} />
      <text class="sign" x={19} y={height / 2 + 4} text-anchor="middle">
        {sign}
      </text>
      <text class="ip" x={33} y={height / 2 - 3}>
        {address.publicIp}
      </text>
      <text class="says" x={33} y={height / 2 + 12}>
        {says}
      </text>
    </g>
  );
}

function FlowLine({ flow: { path, state } }: { flow: Flow }) {
  return <path class={`flow ${state}`} d={path} />;
}

function Mark({ x, y }: { x: number; y: number }) {
  return (
    <g class="mark" style={{ transform: `translate(${x}px, ${y}px)` }}>
      <circle r={7} />
      <path d="M-3 -3L3 3M3 -3L-3 3" />
    </g>
  );
}
