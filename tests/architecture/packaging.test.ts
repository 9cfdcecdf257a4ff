import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { NATIVES } from "../../scripts/build/externals.ts";
import { CARRIED_PACKAGES, filesTaken } from "../../scripts/package/carried-packages.ts";
import { updateSourceSchema } from "../../src-main/updates/index.ts";
import { ROOT } from "./source-files.ts";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const config = parse(read("electron-builder.yml"));
const manifest = JSON.parse(read("package.json"));

test("packages hold the Electron that the types and the specs are of", () => {
  expect(config.electronVersion).toBe(manifest.devDependencies.electron);
  expect(manifest.devDependencies["electron-builder"]).toBe("26.17.0");
});

test("Windows knows the program by one name, whether it was installed or not", () => {
  expect(read("src-main/entries/desktop/main.ts")).toContain(`setAppUserModelId("${config.appId}")`);
});

test("what no bundle can hold goes along, and only the native of the target", () => {
  expect(NATIVES.filter((name) => !CARRIED_PACKAGES.some((carried) => carried.name === name))).toEqual([]);

  const prebuilds = ["linux-x64", "linux-arm64", "linuxmusl-x64", "darwin-arm64", "win32-x64"];
  const files = prebuilds.flatMap((name) => [`prebuilds/${name}.node`, `prebuilds/${name}/keytar.node`]);
  for (const carried of CARRIED_PACKAGES.filter(({ name }) => NATIVES.includes(name))) {
    const taken = filesTaken(carried, files, { os: "win", arch: "x64" });
    expect(taken).toHaveLength(1);
    expect(taken[0]).toContain("win32-x64");
  }
});

test("the installer for Windows puts the program where the command on the PATH looks for it", () => {
  const folder = `\\${config.productName}\\resources\\bin\\pilothouse.cmd"`;
  const shim = read("resources/package/pilothouse-on-path.cmd");

  expect(config.nsis.allowToChangeInstallationDirectory).toBe(false);
  expect(shim).toContain(`%LOCALAPPDATA%\\Programs${folder}`);
  expect(shim).toContain(`%ProgramFiles%${folder}`);
  // A path that an installer writes is in the alphabet of one user.
  expect(shim).toMatch(/^[\x20-\x7e\r\n]*$/);
});

test("the source of updates of this repository is one, and packages publish nothing by themselves", () => {
  expect(updateSourceSchema.safeParse(JSON.parse(read("resources/updates.json"))).success).toBe(true);
  expect(config.publish).toBeNull();
});
