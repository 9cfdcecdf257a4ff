import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MenuItemConstructorOptions } from "electron";
import { describe, expect, test } from "vitest";
import type { RunState } from "#contract/run.ts";
import { aRun } from "#tests/helpers/a-run.ts";
import { aboutPanel } from "./about.ts";
import type { FromCore } from "./host-messages.ts";
import { writeAutostart } from "./login-item.ts";
import { menuTemplate } from "./menu.ts";
import { RunWatch } from "./run-watch.ts";
import { partsOf, readStartFacts } from "./start-facts.ts";
import { textsFor } from "./texts.ts";

describe("the menu", () => {
  const actions = {
    newWindow: () => undefined,
    open: () => undefined,
    about: () => undefined,
    quit: () => undefined,
  };
  const idsOf = (items: readonly MenuItemConstructorOptions[]): string[] =>
    items.flatMap(({ id, submenu }) => [
      ...(id === undefined ? [] : [id]),
      ...(Array.isArray(submenu) ? idsOf(submenu) : []),
    ]);

  test.each([true, false])("has every command once (mac: %s)", (isMac) => {
    const template = menuTemplate({ texts: textsFor("en", "").menu, isMac, hasDevTools: false, actions });

    expect(idsOf(template).toSorted()).toEqual(
      [
        "about",
        "add-agent",
        "first-steps",
        "go-agents",
        "go-audit",
        "go-bridge",
        "go-credentials",
        "go-runs",
        "go-targets",
        "new-window",
        "quit",
        "settings",
      ].toSorted(),
    );
  });

  const labelsOf = (items: readonly MenuItemConstructorOptions[]): (string | undefined)[] =>
    items.flatMap(({ label, submenu, type }) => [
      ...(type === "separator" ? [] : [label]),
      ...(Array.isArray(submenu) ? labelsOf(submenu) : []),
    ]);

  test.each([true, false])("is in one language, whatever Electron calls its own items (mac: %s)", (isMac) => {
    const deps = { isMac, hasDevTools: true, actions };
    const russian = labelsOf(menuTemplate({ ...deps, texts: textsFor("ru", "").menu }));
    const english = labelsOf(menuTemplate({ ...deps, texts: textsFor("en", "").menu }));

    expect(russian.length).toBeGreaterThan(25);
    expect(russian.filter((label) => !/[а-яё]/i.test(label ?? "") && label !== "Pilothouse")).toEqual([]);
    expect(english.filter((label) => !/^[&A-Za-z….-]/.test(label ?? ""))).toEqual([]);
  });

  test("shows the browser's tools in a build for developers only", () => {
    const roles = (hasDevTools: boolean) =>
      JSON.stringify(menuTemplate({ texts: textsFor("en", "").menu, isMac: false, hasDevTools, actions }));

    expect(roles(true)).toContain("toggleDevTools");
    expect(roles(false)).not.toContain("toggleDevTools");
  });
});

describe("the language of the desktop", () => {
  test("is the chosen one, and the system's when that was chosen", () => {
    const quits = [textsFor("ru", "en-US"), textsFor("en", "ru-RU"), textsFor("system", "ru-RU")];

    expect(quits.map(({ tray }) => tray.quit)).toEqual([
      "Завершить Pilothouse",
      "Quit Pilothouse",
      "Завершить Pilothouse",
    ]);
  });
});

describe("what is told of runs", () => {
  const changed = (state: RunState) => ({ type: "run.changed", run: aRun(1, { state }) }) as const;
  const noticesOf = (states: readonly RunState[], live: readonly RunState[] = []) => {
    const told: FromCore[] = [];
    const watch = new RunWatch(
      live.map((state) => aRun(1, { state })),
      (message) => told.push(message),
    );
    for (const state of states) watch.take(changed(state));
    return told.flatMap((message) => (message.type === "notice" ? [message.notice.kind] : []));
  };

  test("a run that fails is told once, however often its end is repeated", () => {
    expect(noticesOf(["queued", "running", "failed", "failed"])).toEqual(["failed"]);
  });

  test("a run that waits for a person is told each time it begins to wait", () => {
    expect(
      noticesOf(["running", "needs-attention", "needs-attention", "running", "needs-attention"]),
    ).toEqual(["needs-attention", "needs-attention"]);
  });

  test("a run that ends well or was stopped is not told", () => {
    expect(noticesOf(["running", "succeeded"])).toEqual([]);
    expect(noticesOf(["running", "stopped"])).toEqual([]);
  });

  test("an old failure is not told when it is only looked at again", () => {
    expect(noticesOf(["failed"])).toEqual([]);
  });

  test("a run that was alive before the core started counts", () => {
    expect(noticesOf(["lost"], ["running"])).toEqual(["failed"]);
  });

  test("how many runs are alive is told when it changes", () => {
    const told: FromCore[] = [];
    const watch = new RunWatch([], (message) => told.push(message));
    watch.take(changed("queued"));
    watch.take(changed("queued"));
    watch.take(changed("running"));
    watch.take(changed("succeeded"));

    expect(told).toEqual([
      { type: "activity", liveRuns: 0, startingRuns: 0 },
      { type: "activity", liveRuns: 1, startingRuns: 1 },
      { type: "activity", liveRuns: 1, startingRuns: 0 },
      { type: "activity", liveRuns: 0, startingRuns: 0 },
    ]);
  });
});

describe("the start", () => {
  test.each([
    { argv: ["pilothouse", "--data", "/tmp/a b"] },
    { argv: ["pilothouse", "--enable-x", "--data=/tmp/a b", "pilothouse://runs"] },
  ])("takes the data folder from $argv", ({ argv }) => {
    expect(readStartFacts(argv, {}, "linux")).toEqual({
      dataFolder: "/tmp/a b",
      profileFolder: join("/tmp/a b", "window"),
    });
  });

  test("without one it is the person's own", () => {
    expect(readStartFacts(["pilothouse"], { XDG_DATA_HOME: "/home/kim/data" }, "linux").dataFolder).toBe(
      "/home/kim/data/pilothouse",
    );
  });

  test("a package finds its parts beside the archive, and the Node it brings", () => {
    const facts = {
      appPath: "/opt/P/resources/app.asar",
      resourcesPath: "/opt/P/resources",
      isPackaged: true,
    };

    expect(partsOf({ ...facts, platform: "linux", developmentNode: "/elsewhere/node" })).toEqual({
      partsFolder: "/opt/P/resources/program",
      nodeExecutable: "/opt/P/resources/runtime/node",
    });
  });

  test("from sources it uses the Node that was named, and says so when none was", () => {
    const facts = { appPath: "/src", resourcesPath: "/r", isPackaged: false, platform: "linux" } as const;

    expect(partsOf({ ...facts, developmentNode: "/n" }).nodeExecutable).toBe("/n");
    expect(() => partsOf({ ...facts, developmentNode: undefined })).toThrow("PILOTHOUSE_NODE");
  });
});

describe("the About box", () => {
  const facts = {
    version: "1.2.3",
    parts: { Electron: "45.3.4", Chromium: "154.0", Node: "24.18.0" },
    iconFile: "/icon.png",
  };
  const own = "Electron 45.3.4, Chromium 154.0, Node 24.18.0";

  test.each([
    ["darwin", { applicationVersion: "1.2.3", version: own }],
    ["win32", { applicationVersion: "1.2.3", credits: own }],
    ["linux", { applicationVersion: `1.2.3\n${own}` }],
  ] as const)("says on %s what the program runs on", (platform, shown) => {
    expect(aboutPanel({ ...facts, platform })).toMatchObject({ applicationName: "Pilothouse", ...shown });
  });
});

describe("the start at login", () => {
  test("is a file of the autostart folder that goes when it is turned off", async () => {
    const configFolder = await mkdtemp(join(tmpdir(), "pilothouse-autostart-"));
    const file = join(configFolder, "autostart", "pilothouse.desktop");
    const place = { configFolder, executable: "/opt/Pilot house/pilothouse", args: ["--data", "/tmp/100%"] };

    await writeAutostart(place, true);
    const text = await readFile(file, "utf8");
    await writeAutostart(place, false);

    expect(text).toContain('Exec="/opt/Pilot house/pilothouse" "--data" "/tmp/100%%"');
    await expect(readFile(file)).rejects.toThrow("ENOENT");
    await rm(configFolder, { recursive: true });
  });
});
