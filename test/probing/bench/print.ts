/** Prints the bench's tables. */
import { linesOf, playAll } from "./table.ts";

process.stdout.write(`${linesOf(playAll()).join("\n")}\n`);
