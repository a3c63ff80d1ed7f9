/** Where the package lies: the same from its sources and from its bundle. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The nearest folder upwards that holds a package.json. */
export const packageRoot = rootOf(import.meta.dirname);

function rootOf(folder: string): string {
  return existsSync(join(folder, "package.json")) || dirname(folder) === folder ? folder : rootOf(dirname(folder));
}
