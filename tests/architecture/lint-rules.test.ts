import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { LINT_SEEDS } from "./lint-seeds.ts";
import { ROOT } from "./source-files.ts";

const run = promisify(execFile);
const BIOME = join(ROOT, "node_modules/@biomejs/biome/bin/biome");

interface LintReport {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: unknown };
  }[];
}

/** A project of its own with our configuration and `files`. */
async function createProject(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), "pilothouse-lint-"));
  await copyFile(join(ROOT, "biome.json"), join(root, "biome.json"));
  await copyFile(join(ROOT, ".gitignore"), join(root, ".gitignore"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

/** Rules that fired, each once. */
async function lint(root: string): Promise<string[]> {
  const { stdout } = await run(
    process.execPath,
    [BIOME, "lint", "--reporter=json", "--max-diagnostics=none", "."],
    {
      cwd: root,
      maxBuffer: 16 * 1024 * 1024,
    },
  ).catch((error: { stdout: string }) => error);
  const report: LintReport = JSON.parse(stdout);
  return [...new Set(report.diagnostics.map((diagnostic) => diagnostic.category))];
}

/** `lint/group/rule` of everything that `rules` turns on by hand. */
function configuredRules(rules: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(rules).flatMap(([group, settings]) =>
    typeof settings !== "object" || settings === null
      ? []
      : Object.entries(settings)
          .filter(([, level]) => level !== "off")
          .map(([rule]) => `lint/${group}/${rule}`),
  );
}

describe("lint rules", () => {
  test.each(LINT_SEEDS.map((seed, index) => ({ ...seed, index })))(
    "code that breaks $rule is refused (seed $index)",
    async ({ file, code, rule }) => {
      await using project = await createProject({ [file]: code });

      expect(await lint(project.root)).toContain(rule);
    },
  );

  test("every rule that the configuration sets is proven by a seed", async () => {
    const { linter } = JSON.parse(await readFile(join(ROOT, "biome.json"), "utf8"));

    expect([...new Set(LINT_SEEDS.map((seed) => seed.rule))].sort()).toEqual(
      configuredRules(linter.rules).sort(),
    );
  });

  test("what git ignores is not linted", async () => {
    await using project = await createProject({
      "src-main/a.ts": "export const a = 1;\n",
      "dist/b.ts": "export default 1;\n",
      "coverage/c.ts": "export default 1;\n",
    });

    expect(await lint(project.root)).toEqual([]);
  });
});
