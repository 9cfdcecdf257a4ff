import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { LaunchError, ROOT } from "../bin/runtime.mjs";
import { endWith } from "./end-with.ts";

const ROUNDS = 5;
const FACTOR = 20;
const SEED_LIMIT = 2 ** 31;

/**
 * Runs the files with tests of properties (those whose paths hold one of the arguments, all without any) with fresh
 * seeds and many more cases. Ends at the first failure, whose counterexample belongs into the test's own examples.
 */
async function explore(): Promise<void> {
  const files = await propertyFiles(process.argv.slice(2));
  if (files.length === 0) throw new LaunchError("No file with tests of properties has such a name.", 2);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const seed = String(randomInt(SEED_LIMIT));
    console.log(`\n== round ${round} of ${ROUNDS}: PROPERTY_SEED=${seed} PROPERTY_FACTOR=${FACTOR}`);
    const child = spawn(
      process.execPath,
      [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "--project", "unit", "--testTimeout=0", ...files],
      {
        cwd: ROOT,
        stdio: "inherit",
        env: { ...process.env, PROPERTY_SEED: seed, PROPERTY_FACTOR: String(FACTOR) },
      },
    );
    const [exitCode] = await once(child, "exit");
    if (exitCode !== 0) throw new LaunchError(`A property does not hold with PROPERTY_SEED=${seed}.`, 1);
  }
}

async function propertyFiles(names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob("src-*/**/*.test.{ts,tsx}", { cwd: ROOT })) {
    const isAsked = names.length === 0 || names.some((name) => file.includes(name));
    if (isAsked && (await readFile(join(ROOT, file), "utf8")).includes("fc.assert(")) found.push(file);
  }
  return found;
}

await endWith(explore);
