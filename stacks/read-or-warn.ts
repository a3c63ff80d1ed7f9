/**
 * What a lookup answers, or undefined when it fails: for what a deployment can do without, so that a permission that
 * is missing for it stops nobody.
 *
 * The warning goes to the console, since SST shows what the program writes there, and none of Pulumi's warnings (SST,
 * cmd/sst/mosaic/ui/ui.go: diagnostics of severity `error`, `info` and `info#err`).
 */
export async function readOrWarn<T>(unchecked: string, action: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.warn(`Holdfast: ${unchecked} was not checked, which needs ${action}: ${reason}`);
    return undefined;
  }
}
