import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { join, resolve } from "node:path";
import type { ICruiseResult, IViolation } from "dependency-cruiser";
import { ROOT } from "../../bin/runtime.mjs";

const FOLDERS = ["src-main", "src-preload", "src-renderer"];

// dependency-cruiser reads TypeScript through its old JavaScript API, which TypeScript 7 no longer has. Its own
// imports of "typescript" get the 6.0 that is installed under another name; everybody else's stay as they are.
registerHooks({
  resolve: (specifier, context, nextResolve) => {
    const isCruiser = context.parentURL?.includes("/node_modules/dependency-cruiser/") ?? false;
    const isTypeScript = specifier === "typescript" || specifier.startsWith("typescript/");
    const wanted =
      isCruiser && isTypeScript ? specifier.replace("typescript", "typescript-js-api") : specifier;
    return nextResolve(wanted, context);
  },
});
const { allExtensions, cruise } = await import("dependency-cruiser");
const { default: extractOptions } = await import("dependency-cruiser/config-utl/extract-depcruise-options");

async function checkBoundaries(root: string): Promise<ICruiseResult> {
  const options = await extractOptions(join(ROOT, ".dependency-cruiser.cjs"));
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  process.chdir(root);
  const { output } = await cruise(folders, { ...options, baseDir: root });
  if (typeof output === "string")
    throw new Error("dependency-cruiser gave text where a result was asked for");
  return output;
}

function lineOf({ rule, from, to, cycle }: IViolation): string {
  const way = cycle === undefined ? to : cycle.map((step) => step.name).join(" → ");
  return `${rule.name}: ${from}${from === to ? "" : ` → ${way}`}`;
}

/** `boundaries.ts` checks the project; `boundaries.ts --json DIR…` prints the violations of each of these trees. */
async function main(): Promise<void> {
  // Without its parser it would see no type-only import and find everything in order.
  if (!allExtensions.some(({ extension, available }) => extension === ".ts" && available)) {
    throw new Error("dependency-cruiser cannot read TypeScript: typescript-js-api is missing");
  }
  const [flag, ...roots] = process.argv.slice(2);
  if (flag === "--json") {
    const found = [];
    for (const root of roots) found.push((await checkBoundaries(resolve(root))).summary.violations);
    console.log(JSON.stringify(found));
    return;
  }
  const { violations, totalCruised, totalDependenciesCruised } = (await checkBoundaries(ROOT)).summary;
  for (const violation of violations) console.log(lineOf(violation));
  console.log(
    `${violations.length} violations in ${totalCruised} files with ${totalDependenciesCruised} imports`,
  );
  process.exitCode = violations.length > 0 ? 1 : 0;
}

await main();
