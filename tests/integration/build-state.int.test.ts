import { mkdir, mkdtemp, rm, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { BUILD_PARTS, findStaleParts, takeStamp, writeStamp } from "../../bin/build-state.mjs";

const FILES = [
  "src-main/contract/run.ts",
  "src-main/runs/index.ts",
  "src-main/runs/index.test.ts",
  "src-preload/bridge.ts",
  "src-renderer/app/main.tsx",
  "package.json",
  "package-lock.json",
  "dist/main/cli.js",
  "dist/main/run-supervisor.js",
  "dist/main/log-worker.js",
  "dist/main/keychain.js",
  "dist/desktop/main.cjs",
  "dist/desktop/core.cjs",
  "dist/desktop/preload.cjs",
  "dist/renderer/index.html",
];

/** A small project that was just built. */
async function createBuiltProject() {
  const root = await mkdtemp(join(tmpdir(), "pilothouse-built-"));
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  };
  for (const file of FILES) await write(file, `// ${file}\n`);
  for (const part of BUILD_PARTS) writeStamp(root, part, takeStamp(root, part));
  return { root, write, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

describe("what has to be built", () => {
  test("is nothing right after a build", async () => {
    await using project = await createBuiltProject();

    expect(findStaleParts(project.root)).toEqual([]);
  });

  test.each([
    { file: "src-main/runs/index.ts", stale: ["main", "desktop"] },
    { file: "src-main/runs/added.ts", stale: ["main", "desktop"] },
    { file: "src-preload/bridge.ts", stale: ["desktop"] },
    { file: "src-renderer/app/main.tsx", stale: ["renderer"] },
    { file: "src-main/contract/run.ts", stale: ["main", "desktop", "renderer"] },
    { file: "package-lock.json", stale: ["main", "desktop", "renderer"] },
    { file: "src-main/runs/index.test.ts", stale: [] },
    { file: "src-main/runs/README.md", stale: [] },
  ])("is $stale after an edit of $file", async ({ file, stale }) => {
    await using project = await createBuiltProject();

    await project.write(file, "// edited\n");

    expect(findStaleParts(project.root)).toEqual(stale);
  });

  test("is nothing when only the time of a file changed", async () => {
    await using project = await createBuiltProject();

    await utimes(join(project.root, "src-main/runs/index.ts"), 1_000, 1_000);

    expect(findStaleParts(project.root)).toEqual([]);
  });

  test("is seen after a source was removed", async () => {
    await using project = await createBuiltProject();

    await unlink(join(project.root, "src-main/runs/index.ts"));

    expect(findStaleParts(project.root)).toEqual(["main", "desktop"]);
  });

  test.each([
    { file: "dist/main/run-supervisor.js", stale: ["main"] },
    { file: "dist/main/keychain.js", stale: ["main"] },
    { file: "dist/desktop/core.cjs", stale: ["desktop"] },
    { file: "dist/renderer/index.html", stale: ["renderer"] },
    { file: "dist/.main-stamp.json", stale: ["main"] },
  ])("is $stale when $file is gone", async ({ file, stale }) => {
    await using project = await createBuiltProject();

    await unlink(join(project.root, file));

    expect(findStaleParts(project.root)).toEqual(stale);
  });

  test("is nothing in an installation without sources", async () => {
    await using project = await createBuiltProject();

    await rm(join(project.root, "src-main"), { recursive: true });
    await rm(join(project.root, "dist"), { recursive: true });

    expect(findStaleParts(project.root)).toEqual([]);
  });
});
