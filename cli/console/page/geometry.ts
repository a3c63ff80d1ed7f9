/** The shapes of the picture, in pixels. */

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly functions: ReadonlyMap<string, Box>;
  readonly network: Box;
  readonly subnets: ReadonlyMap<string, Box>;
  readonly interfaces: ReadonlyMap<string, Box>;
  readonly gateway: Box | undefined;
  readonly tray: Box;
  /** By allocation id. */
  readonly addresses: ReadonlyMap<string, Box>;
  readonly partners: ReadonlyMap<string, Box>;
  readonly flows: readonly Flow[];
}

export interface Frame {
  readonly wide: boolean;
  readonly width: number;
  readonly pad: number;
  readonly networkX: number;
  readonly networkWidth: number;
  readonly chipWidth: number;
  /** Between an interface and its address; the way to the NAT gateway goes through it. */
  readonly joint: number;
  readonly sideWidth: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line that traffic takes, or would take. `mark`: where it ends against its will. */
export interface Flow {
  readonly key: string;
  readonly path: string;
  readonly state: "open" | "refused" | "shut" | "waiting";
  readonly mark?: { readonly x: number; readonly y: number };
}
