/**
 * Returns what a lookup answers, or undefined if it fails: for optional checks, so that a missing permission does not stop
 * the deployment.
 *
 * The warning goes to the console, since SST shows the program's output, and none of Pulumi's warnings (SST,
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
