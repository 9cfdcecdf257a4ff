import { execFile } from "node:child_process";
import { access, constants, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { extractFile } from "@electron/asar";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeUpElectron } from "#tests/helpers/made-up-electron.ts";
import { ensureBuilt } from "#tests/helpers/program.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");
const PACKING_MS = 240_000;
/** Lists of files are long. */
const LARGE = { maxBuffer: 16 * 1024 ** 2 };
/** In a folder that is on no ordinary user's PATH. */
const APPARMOR_PARSER = "/usr/sbin/apparmor_parser";

/** Turns a look at a file into an answer. */
const IS_THERE = [() => true, () => false] as const;

let home = "";
/** Where the deb was installed, as if it were `/`. */
let system = "";

/** What `npm run package` said. */
let said = "";

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "pilothouse-linux-"));
  system = join(home, "system");
  await ensureBuilt();
  const electron = join(home, "electron");
  await makeUpElectron(electron, "linux");
  const output = join(home, "release");
  const { stdout } = await run(
    process.execPath,
    [join(ROOT, "scripts", "package.ts"), "--fast", "--electron", electron, "--output", output],
    { env: { ...process.env, PILOTHOUSE_ASSUME_BUILT: "1" } },
  );
  said = stdout;
  await installDeb(madeFile(".deb"));
}, PACKING_MS);

function madeFile(ending: string): string {
  const line = said.split("\n").find((each) => each.startsWith("made: ") && each.endsWith(ending));
  if (line === undefined) throw new Error(`no ${ending} was made: ${said}`);
  return line.slice("made: ".length);
}

afterAll(() => rm(home, { recursive: true, force: true }));

/** With dpkg itself, its records in the folder too. Its scripts would be run within that folder, which has no shell. */
async function installDeb(deb: string): Promise<void> {
  const records = join(system, "var", "lib", "dpkg");
  await mkdir(join(records, "info"), { recursive: true });
  await mkdir(join(records, "updates"));
  await writeFile(join(records, "status"), "");
  // Files belong to root in what is installed; without being root that can only be played.
  await run("fakeroot", [
    "dpkg",
    `--root=${system}`,
    "--force-depends",
    "--force-not-root",
    "--force-script-chrootless",
    `--log=${join(home, "dpkg.log")}`,
    "--install",
    deb,
  ]);
}

test("a deb installs, and dpkg knows it as installed", async () => {
  const { stdout } = await run("dpkg-query", [
    `--admindir=${join(system, "var", "lib", "dpkg")}`,
    "--show",
    `--showformat=${["Status", "Architecture", "Section"].map((field) => `\${${field}}`).join(" ")}`,
    "pilothouse",
  ]);

  expect(stdout).toBe(`install ok installed ${process.arch === "x64" ? "amd64" : "arm64"} devel`);
});

test("the installed command runs on the Node that came along, from wherever a link points to it", async () => {
  const command = join(system, "usr", "bin", "pilothouse");
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string };
  const environment = { PATH: "/usr/bin:/bin", HOME: home };

  expect(await readlink(command)).toBe("../../opt/Pilothouse/resources/bin/pilothouse");
  const { stdout } = await run(command, ["version"], { env: environment });
  expect(stdout).toContain(`pilothouse ${version} (Node ${process.versions.node},`);
  const listed = await run(command, ["--data", join(home, "data"), "agent", "list", "--json"], {
    env: environment,
  });
  expect(JSON.parse(listed.stdout)).toEqual([]);
});

test("the entry for the desktop's menu is valid, starts what is installed and opens links of ours", async () => {
  const file = join(system, "usr", "share", "applications", "pilothouse-desktop.desktop");
  const text = await readFile(file, "utf8");

  expect((await run("desktop-file-validate", ["--no-hints", file])).stdout).toBe("");
  const executable = /^Exec=(\S+) %U$/m.exec(text)?.[1] ?? "";
  await access(join(system, executable), constants.X_OK);
  expect(text).toContain("MimeType=x-scheme-handler/pilothouse;");
  expect(text).toMatch(/^Comment\[ru\]=.+$/m);
  // A window shows the icon of the entry whose name the program says of itself.
  const archive = join(system, "opt", "Pilothouse", "resources", "app.asar");
  const { desktopName } = JSON.parse(extractFile(archive, "package.json").toString("utf8"));
  expect(desktopName).toBe("pilothouse-desktop.desktop");
  expect(text).toContain("StartupWMClass=pilothouse-desktop\n");
});

test("icons lie where desktops look for them, in every size that they say", async () => {
  for (const size of [16, 32, 48, 64, 128, 256, 512]) {
    const icon = join(system, `usr/share/icons/hicolor/${size}x${size}/apps/pilothouse.png`);
    const content = await readFile(icon);
    // Width and height stand in the first chunk of a PNG.
    expect([content.readUInt32BE(16), content.readUInt32BE(20)]).toEqual([size, size]);
  }
  await access(join(system, "usr/share/icons/hicolor/scalable/apps/pilothouse.svg"));
});

test("the AppArmor profile names the installed program and is read by AppArmor's own parser", async () => {
  const file = join(system, "opt/Pilothouse/resources/linux/apparmor-profile");
  const text = await readFile(file, "utf8");
  const [, program = ""] = /^profile \S+ "([^"]+)" flags=\(unconfined\) \{$/m.exec(text) ?? [];
  await access(join(system, program), constants.X_OK);
  expect(text).toContain("userns,");

  // An AppArmor before 4 knows neither of the two; the rest of the profile it reads.
  const checked = join(home, "profile");
  const isNew = await access("/etc/apparmor.d/abi/4.0").then(...IS_THERE);
  await writeFile(checked, isNew ? text : text.replace("abi <abi/4.0>,", "").replace("userns,", ""));
  await run(APPARMOR_PARSER, ["--skip-kernel-load", "--skip-cache", checked]);
  await writeFile(checked, text.replace("flags=(unconfined) {", "flags=(unconfined"));
  await expect(run(APPARMOR_PARSER, ["--skip-kernel-load", "--skip-cache", checked])).rejects.toThrow();
});

test("the terms of everything that was built in go along", async () => {
  const text = await readFile(
    join(system, "opt/Pilothouse/resources/program/THIRD-PARTY-LICENSES.md"),
    "utf8",
  );

  // One package of the core, one of the desktop's processes and one of the page.
  for (const name of ["zod", "@trpc/server", "react-dom", "@mantine/core"]) {
    expect(text).toMatch(new RegExp(`^## ${name} \\d+\\.\\d+\\.\\d+ \\([A-Z]`, "m"));
  }
  expect(text.match(/^## zod /gm)).toHaveLength(1);
});

test("its scripts put the profile where AppArmor wants it and take it away again, but not for a newer version", async () => {
  const script = (name: string) => join(ROOT, "resources", "package", "linux", name);
  const profile = join(system, "etc", "apparmor.d", "pilothouse-desktop");
  const isThere = () => access(profile).then(...IS_THERE);
  const programs = join(home, "programs");
  await mkdir(programs);
  const shell = (name: string, ...args: string[]) =>
    run("sh", [script(name), ...args], { env: { PATH: `${programs}:/usr/bin:/bin`, DPKG_ROOT: system } });
  // A system with AppArmor that reads the profile; what it is asked goes into a file.
  const asked = join(home, "asked");
  const tool = `#!/bin/sh\necho "$(basename "$0") $*" >> ${asked}\n`;
  for (const name of ["apparmor_status", "apparmor_parser"])
    await writeFile(join(programs, name), tool, { mode: 0o755 });

  await shell("after-install.sh", "configure");
  expect(await isThere()).toBe(true);
  await shell("after-remove.sh", "upgrade");
  expect(await isThere()).toBe(true);
  await shell("after-remove.sh", "remove");
  expect(await isThere()).toBe(false);

  // One that does not know the rule keeps its profiles as they are.
  await writeFile(join(programs, "apparmor_parser"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  await shell("after-install.sh", "configure");
  expect(await isThere()).toBe(false);
  // Nothing was loaded into the kernel of this machine.
  expect(await readFile(asked, "utf8")).not.toMatch(/--replace|--remove/);
});

test("only the sandbox's helper runs as root, and nothing installed can be written by others", async () => {
  const installed = join(system, "opt", "Pilothouse");
  const find = async (...wanted: string[]) => (await run("find", [system, ...wanted])).stdout.trim();

  expect(await find("-perm", "/6000")).toBe(join(installed, "chrome-sandbox"));
  expect((await stat(join(installed, "chrome-sandbox"))).mode & 0o7777).toBe(0o4755);
  expect(await find("-perm", "-o+w", "!", "-type", "l")).toBe("");
});

test("an rpm holds the same under the same names", async () => {
  const rpm = madeFile(".rpm");
  const { stdout: listed } = await run("rpm", ["-qp", "--qf", "[%{FILENAMES}\\n]", rpm], LARGE);
  const { stdout: ofDeb } = await run("find", [system, "-not", "-type", "d", "-printf", "/%P\n"], LARGE);
  const filesOfDeb = ofDeb
    .trim()
    .split("\n")
    .filter((file) => !file.startsWith("/var/"));
  const filesOfRpm = new Set(listed.trim().split("\n"));

  expect(filesOfDeb.filter((file) => !filesOfRpm.has(file))).toEqual([]);
  const { stdout: modes } = await run(
    "rpm",
    ["-qp", "--qf", "[%{FILEMODES:octal} %{FILENAMES}\\n]", rpm],
    LARGE,
  );
  expect(modes).toContain("104755 /opt/Pilothouse/chrome-sandbox");
});

test("an archive unpacks anywhere, owned by nobody in particular", async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string };
  const { stdout } = await run(
    "tar",
    ["--list", "--verbose", "--file", madeFile(`Pilothouse-${version}-linux-${process.arch}.tar.gz`)],
    LARGE,
  );
  const lines = stdout.trim().split("\n");

  expect(lines.filter((line) => !line.includes(" 0/0 "))).toEqual([]);
  expect(lines.some((line) => line.endsWith("/resources/bin/pilothouse"))).toBe(true);
});

test("what this machine cannot make is named, with what it would take", () => {
  expect(said).toContain("not made: AppImage electron-builder fetches a tool for it: --download");
  expect(said).toContain("not made: nsis is made on Windows");
  expect(said).toContain("not made: dmg is made on macOS");
});
