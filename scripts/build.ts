import { buildStaleParts } from "./build/build-stale-parts.ts";
import { endWith } from "./end-with.ts";

const args = process.argv.slice(2);
const unknown = args.find((arg) => arg !== "--dev" && arg !== "--force");
if (unknown !== undefined) {
  console.error(
    `build does not know ${unknown}. It takes --force (build everything) and --dev (with source maps).`,
  );
  process.exitCode = 2;
} else {
  await endWith(() => buildStaleParts(args.includes("--dev") ? "dev" : "release", args.includes("--force")));
}
