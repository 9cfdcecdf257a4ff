import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stageContext } from "./build-context.ts";

async function folderWith(names: readonly string[], ignore: string) {
  const folder = await mkdtemp(join(tmpdir(), "ph-context-"));
  for (const name of names) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), name);
  }
  await writeFile(join(folder, ".dockerignore"), ignore);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

test("what .dockerignore names stays out, and the Dockerfile goes along all the same", async () => {
  await using source = await folderWith(
    ["Dockerfile", "src/a.js", "src/b.md", "secret/key", "c.js"],
    "*\n!src\n**/*.md\n",
  );

  await using context = await stageContext({ folder: source.folder, dockerfile: "Dockerfile" });

  expect((await readdir(context.folder, { recursive: true })).sort()).toEqual([
    "Dockerfile",
    "src",
    "src/a.js",
  ]);
});

test("a Dockerfile that is handed over joins the copy and never the folder", async () => {
  await using source = await folderWith(["a.js"], "");

  await using context = await stageContext({
    folder: source.folder,
    dockerfile: "D",
    dockerfileText: "FROM x\n",
  });

  expect(await readFile(join(context.folder, "D"), "utf8")).toBe("FROM x\n");
  expect((await readdir(source.folder)).sort()).toEqual([".dockerignore", "a.js"]);
});
