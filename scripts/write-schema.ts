// Writes the JSON Schema of agent.yaml, which editors complete and check it with, from the schema the program uses.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createManifestJsonSchema } from "#core/manifest/manifest-outline.ts";

const file = join(import.meta.dirname, "../resources/schemas/agent.schema.json");
await writeFile(file, `${JSON.stringify(createManifestJsonSchema(), null, 2)}\n`);
