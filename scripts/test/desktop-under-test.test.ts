import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { desktopUnderTest } from "./desktop-under-test.ts";

/** A project with what is there of Electron's package: its word about where the binary lies, and the binary. */
async function project(has: { readonly word: boolean; readonly binary: boolean }) {
  const root = await mkdtemp(join(tmpdir(), "pilothouse-electron-"));
  const folder = join(root, "node_modules", "electron");
  await mkdir(join(folder, "dist"), { recursive: true });
  if (has.word) await writeFile(join(folder, "path.txt"), "electron");
  if (has.binary) await writeFile(join(folder, "dist", "electron"), "");
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

test("the desktop specs run on real Electron where its binary is, and the summary says so", async () => {
  await using there = await project({ word: true, binary: true });
  const binary = join(there.root, "node_modules", "electron", "dist", "electron");

  expect(desktopUnderTest(there.root)).toEqual({
    electron: binary,
    says: expect.stringContaining(`real Electron (${binary})`),
  });
});

test.each([
  { word: false, binary: false },
  { word: true, binary: false },
  { word: false, binary: true },
])("they run on the stand-in where only a part of it is there: %j", async (has) => {
  await using there = await project(has);

  expect(desktopUnderTest(there.root)).toEqual({
    electron: null,
    says: expect.stringContaining("stand-in for Electron"),
  });
});
