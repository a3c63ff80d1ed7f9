/** Shapes of the picture: boxes in pixels, the frame that a width allows, and which box each part of a pool has. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Measures that depend on the picture's width alone. */
export interface Frame {
  readonly wide: boolean;
  readonly width: number;
  readonly pad: number;
  readonly networkX: number;
  readonly networkWidth: number;
  readonly chipWidth: number;
  /** Between an interface and its address; the lines to the NAT gateway run through it. */
  readonly joint: number;
  readonly sideWidth: number;
}

/** The box of each part of a pool. */
export interface Placement {
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
}
