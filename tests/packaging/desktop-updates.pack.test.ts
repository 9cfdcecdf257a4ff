import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Desktop, startDesktop } from "#tests/helpers/desktop.ts";
import { getPackedDesktop } from "#tests/helpers/packed-desktop.ts";
import { createProgram } from "#tests/helpers/program.ts";
import { PACKAGE, startUpdateServer, type UpdateServer } from "#tests/helpers/update-server.ts";

/** As the build puts it in, however it is indented. */
const NO_SOURCE = /\{\s*"feed": null,\s*"keys": \[\]\s*\}/;

/** The packed desktop as a build for this feed would be; all that differs is the source in its core. */
async function desktopFor(server: UpdateServer, folder: string): Promise<string> {
  const { extracted } = await getPackedDesktop();
  const copy = join(folder, "app");
  await mkdir(join(copy, "dist"), { recursive: true });
  for (const name of ["package.json", "node_modules", "resources", "dist/renderer"])
    await symlink(join(extracted, name), join(copy, name));
  await cp(join(extracted, "dist", "desktop"), join(copy, "dist", "desktop"), { recursive: true });
  const core = join(copy, "dist", "desktop", "core.cjs");
  const before = await readFile(core, "utf8");
  const after = before.replace(NO_SOURCE, JSON.stringify({ feed: server.feed, keys: [server.publicKey] }));
  expect(after).not.toBe(before);
  await writeFile(core, after);
  return join(copy, "dist", "desktop", "main.cjs");
}

async function start(mainFile: string, data: string, appImage: string): Promise<Desktop> {
  const { resources } = await getPackedDesktop();
  return await startDesktop({
    data,
    mainFile,
    env: { STANDIN_PACKAGED: "1", STANDIN_RESOURCES: resources, APPIMAGE: appImage },
  });
}

test("a person sees a newer version, fetches it and has it put in the place of the one that runs", async () => {
  await using program = await createProgram();
  await using server = await startUpdateServer(Date.now());
  server.publish();
  const appImage = join(program.folder, "Pilothouse.AppImage");
  await writeFile(appImage, "the old program", { mode: 0o755 });
  const mainFile = await desktopFor(server, program.folder);
  await using desktop = await start(mainFile, program.data, appImage);
  const page = await desktop.window(1);
  await page.getByRole("button", { name: "Skip" }).click();
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("switch", { name: "Start with your session" }).click();
  const autostart = join(program.folder, "config", "autostart", "pilothouse.desktop");
  // The file that stays, and not the place where it is mounted while it runs.
  await expect.poll(() => readFile(autostart, "utf8").catch(() => "")).toContain(`Exec="${appImage}"`);

  await page.getByRole("button", { name: "Check now" }).click();
  await page.getByText("Version 0.2.0 is available.").waitFor();
  await page.getByRole("contentinfo").getByRole("link", { name: "Version 0.2.0 is available" }).waitFor();
  await page.getByRole("button", { name: "Download" }).click();
  await page.getByRole("button", { name: "Install and restart" }).click();

  expect(await desktop.until("app.relaunch")).toMatchObject({ options: { execPath: appImage } });
  expect(await desktop.ended).toBe(0);
  expect(await readFile(appImage)).toEqual(PACKAGE);
});

test("a forged version is refused in words, and the program that runs stays", async () => {
  await using program = await createProgram();
  await using server = await startUpdateServer(Date.now());
  await using forger = await startUpdateServer(Date.now());
  server.publish({ version: "0.9.0" }, forger.privateKey);
  const appImage = join(program.folder, "Pilothouse.AppImage");
  await writeFile(appImage, "the old program");
  await using desktop = await start(await desktopFor(server, program.folder), program.data, appImage);
  const page = await desktop.window(1);
  await page.getByRole("button", { name: "Skip" }).click();
  await page.getByRole("link", { name: "Settings" }).click();

  await page.getByRole("button", { name: "Check now" }).click();
  await page.getByRole("alert").getByText("The update was refused").waitFor();

  expect(await page.getByText("0.9.0").count()).toBe(0);
  expect(await readFile(appImage, "utf8")).toBe("the old program");
});

test("a build without a source asks nobody and shows nothing of updates", async () => {
  await using program = await createProgram();
  await using desktop = await startDesktop({ data: program.data });
  const page = await desktop.window(1);
  await page.getByRole("button", { name: "Skip" }).click();
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "About" }).waitFor();

  expect(await page.getByRole("heading", { name: "Updates" }).count()).toBe(0);
});
