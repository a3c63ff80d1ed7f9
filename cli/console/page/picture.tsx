import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { AddressView, InterfaceView, PartnerView, PoolView, SubnetView } from "../model.ts";
import { lookOf } from "./address-look.ts";
import type { Box } from "./geometry.ts";
import { type FunctionGroup, groupsOf } from "./groups.ts";
import { layOut } from "./layout.ts";
import { counted } from "./names.ts";
import { stateOf } from "./reach.ts";
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

/** Addresses on what holds them, and the ways that traffic takes: boxes, so that the browser fits their texts, over lines. */
function Drawing({ pool, width }: { pool: PoolView; width: number }) {
  const layout = useMemo(() => layOut(pool, width), [pool, width]);
  const { height, network, tray, gateway, flows } = layout;
  return (
    <div class="drawing" style={{ height: `${height}px` }} role="img" aria-label={summary(pool)}>
      <Frame kind="network" box={network} title="Your VPC" />
      <Frame kind="tray" box={tray} title="Addresses not in use" />
      {pool.subnets.map((subnet) => (
        <Subnet key={subnet.subnetId} subnet={subnet} box={layout.subnets.get(subnet.subnetId)} />
      ))}
      <svg width={width} height={height} aria-hidden="true">
        {flows.map(({ key, path, state }) => (
          <path key={key} class={`flow ${state}`} d={path} />
        ))}
      </svg>
      {pool.interfaces.map((it) => (
        <Interface key={it.networkInterfaceId} it={it} pool={pool} box={layout.interfaces.get(it.networkInterfaceId)} />
      ))}
      {gateway && <Gateway pool={pool} box={gateway} />}
      {groupsOf(pool.functions).map((it) => (
        <Member key={it.key} it={it} pool={pool} box={layout.functions.get(it.key)} />
      ))}
      {pool.partners.map((it) => (
        <Partner key={it.name} it={it} box={layout.partners.get(it.name)} />
      ))}
      {pool.addresses.map((it) => (
        <Address key={it.allocationId} it={it} box={layout.addresses.get(it.allocationId)} />
      ))}
      {flows.map(
        ({ key, mark }) =>
          mark && (
            <span key={key} class="mark" style={{ transform: `translate(${mark.x - 7}px, ${mark.y - 7}px)` }}>
              ✕
            </span>
          ),
      )}
    </div>
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
const at = ({ x, y, width, height }: Box) => ({
  transform: `translate(${x}px, ${y}px)`,
  width: `${width}px`,
  height: `${height}px`,
});

function Frame({ kind, box, title }: { kind: string; box: Box; title: string }) {
  return (
    <div class={kind} style={at(box)}>
      {title}
    </div>
  );
}

interface CardProps {
  readonly box: Box | undefined;
  readonly kind: string;
  readonly name: string;
  readonly says: string;
  /** All that there is to say: the card may be too small for it. */
  readonly title: string;
}

function Card({ box, kind, name, says, title }: CardProps) {
  if (!box) return null;
  return (
    <div class={`card ${kind}`} style={at(box)} title={title}>
      <span class="name">{name}</span>
      <span class="says">{says}</span>
    </div>
  );
}

function Member({ it, pool, box }: { it: FunctionGroup; pool: PoolView; box: Box | undefined }) {
  const { kind, says } = stateOf(pool, it);
  return (
    <Card box={box} kind={`member ${kind}`} name={it.label} says={says} title={`${it.names.join("\n")}\n${says}`} />
  );
}

function Partner({ it: { name, host, refuses }, box }: { it: PartnerView; box: Box | undefined }) {
  const says = refuses.length > 0 ? `✕ refuses ${refuses.length}` : "✓ accepts";
  const title = `${name} (${host})${refuses.length > 0 ? ` refuses ${refuses.join(", ")}` : " accepts the pool"}`;
  return <Card box={box} kind={refuses.length > 0 ? "partner bad" : "partner"} name={name} says={says} title={title} />;
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
    <div class={`subnet ${route}`} style={at(box)}>
      <b>{label}</b>
      <span class="route">{routeTexts[route]}</span>
    </div>
  );
}

function Interface({ it, pool, box }: { it: InterfaceView; pool: PoolView; box: Box | undefined }) {
  const users = pool.functions.filter(({ uses }) => uses.includes(it.networkInterfaceId)).map(({ name }) => name);
  const carries = users.length > 2 ? counted(users.length, "function") : `carries ${users.join(", ")}`;
  const idle = it.role === "arriving" || !it.inUse ? "arriving" : "unused";
  return (
    <Card
      box={box}
      kind={users.length > 0 ? "interface" : "interface idle"}
      name={`eni …${it.networkInterfaceId.slice(-5)}`}
      says={users.length > 0 ? carries : idle}
      title={`${it.networkInterfaceId}\n${users.length > 0 ? `carries ${users.join(", ")}` : idle}`}
    />
  );
}

const gatewayTexts = {
  pending: "↻ being created",
  available: "carries traffic",
  deleting: "being deleted",
  failed: "! failed",
} as const;

function Gateway({ pool: { natGateway }, box }: { pool: PoolView; box: Box }) {
  const says = natGateway ? gatewayTexts[natGateway.state] : "not created";
  const title = natGateway ? `${natGateway.natGatewayId}: ${says}` : "Created only when needed";
  return (
    <Card box={box} kind={natGateway ? "gateway" : "gateway absent"} name="NAT gateway" says={says} title={title} />
  );
}

function Address({ it, box }: { it: AddressView; box: Box | undefined }) {
  if (!box) return null;
  const { sign, says, kind } = lookOf(it);
  return (
    <div
      class={`address ${it.role === "fallback" ? "fallback" : kind}`}
      style={at(box)}
      title={`${it.publicIp} (${it.allocationId}): ${says}`}
    >
      <span class="sign">{sign}</span>
      <span class="ip">{it.publicIp}</span>
      <span class="says">{says}</span>
    </div>
  );
}
