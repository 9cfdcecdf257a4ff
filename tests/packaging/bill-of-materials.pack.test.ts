import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureBuilt } from "#tests/helpers/program.ts";
import { billOfMaterials } from "../../scripts/package/bill-of-materials.ts";

const ROOT = join(import.meta.dirname, "..", "..");

test("the bill of materials names what is in the packages and nothing that only makes them", async () => {
  await ensureBuilt();
  const { components } = (await billOfMaterials(ROOT)) as {
    components: { name: string; version: string; purl: string; licenses?: unknown }[];
  };
  const names = new Set(components.map(({ name }) => name));

  for (const name of ["zod", "react-dom", "@mantine/core", "dockerode", "better-sqlite3", "electron"])
    expect(names).toContain(name);
  for (const name of ["vitest", "vite", "ssh2", "cpu-features", "electron-builder", "typescript"])
    expect(names).not.toContain(name);
  expect(
    components.filter(({ purl }) => !/^pkg:npm\/(?:%40[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+$/.test(purl)),
  ).toEqual([]);
  expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
  expect(components.find(({ name }) => name === "@mantine/core")?.licenses).toEqual([
    { license: { id: "MIT" } },
  ]);
});
