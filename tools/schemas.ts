/** Writes the JSON Schemas of what the command line prints under `--json`: one file for each command. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { answers, type Command, documentOf } from "../cli/support/schemas.ts";

/** Empties the folder first: a command may have gone. */
export async function writeSchemas(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const command of Object.keys(answers) as Command[]) {
    await writeFile(join(folder, `${command}.json`), `${JSON.stringify(schemaOf(command), null, 2)}\n`);
  }
}

/** Returns a schema that takes fields which later versions add. */
export function schemaOf(command: Command): object {
  const title = `What holdfast ${command} --json prints`;
  return {
    title,
    ...z.toJSONSchema(documentOf(command), {
      override({ jsonSchema }) {
        if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
        delete jsonSchema.readOnly;
      },
    }),
  };
}
