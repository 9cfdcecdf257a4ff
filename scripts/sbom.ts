// The workflow of a release runs it after the build: node scripts/sbom.ts FILE
import { writeFile } from "node:fs/promises";
import { LaunchError, ROOT } from "../bin/runtime.mjs";
import { endWith } from "./end-with.ts";
import { billOfMaterials } from "./package/bill-of-materials.ts";

await endWith(async () => {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new LaunchError("node scripts/sbom.ts FILE", 2);
  await writeFile(file, `${JSON.stringify(await billOfMaterials(ROOT), null, 2)}\n`);
});
