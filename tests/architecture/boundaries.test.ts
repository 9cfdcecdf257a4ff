import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { IConfiguration, IViolation } from "dependency-cruiser";
import { describe, expect, test } from "vitest";
import { CLEAN_TREE, SEEDS, type Tree } from "./boundary-seeds.ts";
import { ROOT } from "./source-files.ts";

const run = promisify(execFile);
const rules = createRequire(import.meta.url)(join(ROOT, ".dependency-cruiser.cjs")) as IConfiguration;

/** The violations found in each of `trees`, in their order. */
async function findViolations(trees: readonly Tree[]): Promise<IViolation[][]> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-seeds-"));
  try {
    const roots = await Promise.all(trees.map((tree, index) => writeTree(join(folder, String(index)), tree)));
    const { stdout } = await run(
      process.execPath,
      [join(ROOT, "scripts/test/boundaries.ts"), "--json", ...roots],
      {
        maxBuffer: 16 * 1024 * 1024,
      },
    );
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeTree(root: string, tree: Tree): Promise<string> {
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

describe("import rules", () => {
  test("a tree that keeps every rule has no violation, and each seeded one fires its own rule only", async () => {
    const seeded = SEEDS.map(({ file, adds }) => ({
      ...CLEAN_TREE,
      [file]: (CLEAN_TREE[file] ?? "") + adds,
    }));

    const [clean, ...found] = await findViolations([CLEAN_TREE, ...seeded]);

    expect(clean).toEqual([]);
    const fired = found.map((violations) => [...new Set(violations.map((violation) => violation.rule.name))]);
    expect(SEEDS.map((seed, index) => ({ seed, fired: fired[index] }))).toEqual(
      SEEDS.map((seed) => ({ seed, fired: [seed.rule] })),
    );
  });

  test("every rule is proven by a seed, and every seed by a rule", () => {
    const names = (rules.forbidden ?? []).map((rule) => rule.name);

    expect([...new Set(SEEDS.map((seed) => seed.rule))].sort()).toEqual(names.sort());
  });

  test("a type-only import is seen as what it is", async () => {
    const withoutUse: Tree = {
      ...CLEAN_TREE,
      "src-main/logs/shape.ts": "export type Shape = number;\n",
      "src-main/logs/block.ts": `import type { Shape } from "./shape.ts";\nexport const block: Shape = 1;\n`,
    };

    const [violations] = await findViolations([withoutUse]);

    // Unseen, the import would leave shape.ts an orphan.
    expect(violations).toEqual([]);
  });
});
