import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "#tests/helpers/e2e.ts";
import {
  addAgent,
  addCounter,
  FAILING_SCRIPT,
  nodeManifest,
  runToEnd,
  ticksIn,
  upTo,
  WAITING_SCRIPT,
} from "#tests/helpers/e2e-agents.ts";
import { AddDialog, AgentPage } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

const STATUS = { name: "Status" } as const;

test.describe("the desktop window", { tag: "@desktop" }, () => {
  test("is ours alone: its own scheme, a strict policy, and two functions of the desktop", async ({
    desktopApp: { desktop, page },
  }) => {
    const { address } = await desktop.until("window.loadURL");
    const response = await page.reload();
    const policy = response?.headers()["content-security-policy"] ?? "";

    expect(address).toBe("app://pilothouse/");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("trusted-types 'none'");
    expect((await desktop.until("bridge.exposed"))["names"]).toEqual(["connect", "pathOf"]);
    expect(await page.evaluate(() => typeof Reflect.get(window, "require"))).toBe("undefined");
    expect(desktop.entries("network")).toEqual([]);
  });

  test("does not start a second program: the first comes to the front, and shows what a link names", async ({
    desktopApp: { desktop, page, program },
  }) => {
    const { userData } = await desktop.until("app.requestSingleInstanceLock");
    expect(userData).toBe(join(program.data, "window"));

    await desktop.act("app.secondInstance", ["pilothouse", "pilothouse://runs"]);

    await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
    expect(desktop.entries("window.created")).toHaveLength(1);
  });

  test("opens views from links, and nothing else", async ({ desktopApp: { desktop, page, program } }) => {
    await addAgent(program, { name: "waiting", script: WAITING_SCRIPT });
    await desktop.act("app.openUrl", "pilothouse://agents/waiting");
    await expect(page.getByRole("heading", { level: 1, name: "waiting" })).toBeVisible();

    await desktop.act("app.openUrl", "pilothouse://agents/waiting?start=waiting");
    await desktop.act("app.openUrl", "pilothouse://targets");

    await expect(page.getByRole("heading", { level: 1, name: "Targets" })).toBeVisible();
    await expect(page.getByRole("dialog")).toBeHidden();
    expect(await program.json(["runs"])).toEqual([]);
  });

  test("opens a second one from the menu, and the menu leads to every place", async ({
    desktopApp: { desktop, page },
  }) => {
    await desktop.act("menu.click", "go-targets");
    await expect(page.getByRole("heading", { level: 1, name: "Targets" })).toBeVisible();
    await desktop.act("menu.click", "new-window");
    const second = await desktop.window(2);
    await expect(second.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
    await desktop.act("menu.click", "settings");
    await expect(second.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
    await desktop.act("menu.click", "about");
    await desktop.until("app.showAboutPanel");
    await expect(page.getByRole("heading", { level: 1, name: "Targets" })).toBeVisible();
  });

  test("opens no more of them than anybody looks at, however many a page asks for", async ({
    desktopApp: { desktop, page },
  }) => {
    await page.evaluate(() => {
      for (let asked = 0; asked < 20; asked += 1) window.open("/runs", "_blank");
    });
    await desktop.until("window.open", () => desktop.entries("window.open").length === 20);

    expect(desktop.entries("window.open").every(({ action }) => action === "deny")).toBe(true);
    expect(desktop.entries("window.created")).toHaveLength(12);
  });

  test("speaks Russian in menu, tray and notices once the page does", async ({
    desktopApp: { desktop, page, program, open },
  }) => {
    await open("/settings");
    await page.getByRole("radiogroup", { name: "Language" }).getByText("Русский").click();

    await desktop.until("menu", ({ items }) => JSON.stringify(items).includes("Добавить агента"));
    await page.getByRole("radiogroup", { name: "Значок в системе" }).getByText("Показывать").click();
    await desktop.until("tray.menu", ({ items }) => JSON.stringify(items).includes("Показать Pilothouse"));

    await addAgent(program, { name: "tides", script: FAILING_SCRIPT });
    await desktop.act("window.blur");
    await runToEnd(program, "tides");
    expect((await desktop.until("notification"))["title"]).toBe("Сбой агента tides");
  });

  test("looks at every target again as soon as the computer wakes up, and shows what starts", async ({
    desktopApp: { desktop, program },
  }) => {
    const lookedAt = async () => {
      const targets = (await program.json(["target", "list"])) as { id: string; lookedAt: string | null }[];
      return Date.parse(targets.find(({ id }) => id === "this-computer")?.lookedAt ?? "") || 0;
    };
    await expect.poll(lookedAt).toBeGreaterThan(0);
    const before = await lookedAt();

    await desktop.act("power.resume");
    await expect.poll(lookedAt).toBeGreaterThan(before);

    await addAgent(program, { name: "patient", script: WAITING_SCRIPT });
    await program.json(["run", "patient"]);
    await desktop.until("window.setProgressBar", ({ progress }) => progress === 2);
    await desktop.until("window.setProgressBar", ({ progress }) => progress === -1);
  });

  test("has no tray on Linux until it is asked for, and with one the program outlives its windows", async ({
    desktopApp: { desktop, page, open },
  }) => {
    expect(desktop.entries("tray.created")).toHaveLength(process.platform === "linux" ? 0 : 1);
    await open("/settings");
    await page.getByRole("radiogroup", { name: "Icon in the system" }).getByText("Show").click();
    await desktop.until("tray.created");

    await desktop.act("window.closeAll");
    await desktop.act("tray.click", "tray-show");

    const again = await desktop.window(2);
    await expect(again.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
  });

  test("takes a folder that is dropped on it to the dialog that adds it", async ({
    desktopApp: { page, program },
  }) => {
    // Where the stand-in says that dropped things lie.
    const folder = join(program.folder, "dropped", "lighthouse");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "agent.yaml"), nodeManifest("lighthouse"));
    await writeFile(join(folder, "main.mjs"), "");
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([], "lighthouse"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    });

    const add = new AddDialog(page);
    await expect(add.folder).toHaveValue(folder);
    await add.submit.click();
    await expect(page.getByRole("heading", { level: 1, name: "lighthouse" })).toBeVisible();
  });

  test("lets a person pick a folder in a dialog of the system", async ({
    desktopApp: { desktop, page, program, open },
  }) => {
    const folder = await program.writeAgent("buoy", nodeManifest("buoy"), { "main.mjs": "" });
    await open("/agents?add=folder");
    await desktop.act("dialog.answer", folder);

    const add = new AddDialog(page);
    await add.dialog.getByRole("button", { name: "Choose a folder…" }).click();

    await expect(add.folder).toHaveValue(folder);
    expect((await desktop.until("dialog.open"))["options"]).toMatchObject({ title: "Folder of an agent" });
  });

  test("tells of a run that failed while nobody looked, and leads to it", async ({
    desktopApp: { desktop, page, program },
  }) => {
    await addAgent(program, { name: "tides", script: FAILING_SCRIPT });
    await runToEnd(program, "tides");
    expect(desktop.entries("notification")).toEqual([]);

    await desktop.act("window.blur");
    await runToEnd(program, "tides");
    const { title } = await desktop.until("notification");
    await desktop.act("notification.click");

    expect(title).toBe("tides failed");
    await new RunPage(page).is("Failed");
  });

  test("starts at login when it is asked to, by a file of its own on Linux", async ({
    desktopApp: { desktop, page, program, open },
  }) => {
    await open("/settings");
    await page.getByRole("switch", { name: "Start with your session" }).click();

    if (process.platform !== "linux") {
      expect((await desktop.until("app.setLoginItemSettings"))["settings"]).toEqual({ openAtLogin: true });
      return;
    }
    const file = join(program.folder, "config", "autostart", "pilothouse.desktop");
    await expect.poll(() => readFile(file, "utf8").catch(() => "")).toContain("Exec=");
    expect(await readFile(file, "utf8")).toContain(program.data);
  });

  test("remembers colours and words for the first moment of the next start", async ({ desktopApp: app }) => {
    await app.open("/settings");
    await app.page.getByRole("radiogroup", { name: "Theme" }).getByText("Dark").click();
    await app.desktop.until("nativeTheme.themeSource", ({ source }) => source === "dark");
    const file = join(app.program.data, "window", "remembered.json");
    await expect.poll(() => readFile(file, "utf8").catch(() => "")).toContain('"dark"');

    await app.close();
    await app.reopen();

    expect(app.desktop.entries("nativeTheme.themeSource")[0]).toMatchObject({ source: "dark" });
  });
});

test.describe("whatever breaks behind the desktop window", { tag: "@desktop" }, () => {
  test("a core that is killed comes back by itself; run and log go on, no line lost or twice", async ({
    desktopApp: { desktop, page, program, open },
  }) => {
    const counter = await addCounter(program);
    await open("/agents/counter");
    await new AgentPage(page).start.click();
    const run = new RunPage(page);
    await expect(run.log.lines).toContainText("tick 0");

    await desktop.act("utility.kill");
    await desktop.until("utility.fork", () => desktop.entries("utility.fork").length === 2);
    const seen = Math.max(...ticksIn((await run.log.lines.textContent()) ?? ""));
    await expect
      .poll(async () => Math.max(...ticksIn((await run.log.lines.textContent()) ?? "")))
      .toBeGreaterThan(seen + 10);
    await counter.finish();
    await run.is("Succeeded");
    const [{ id }] = (await program.json(["runs"])) as [{ id: string }];
    const { stdout } = await program.run(["logs", id, "--raw"]);

    expect(ticksIn(stdout)).toEqual(upTo(await counter.written()));
    await expect(page.getByRole("contentinfo", STATUS)).toContainText("Core: Connected");
  });

  test("a page that is loaded anew holds one port, and the old one is let go", async ({
    desktopApp: { desktop, page },
  }) => {
    for (const count of [2, 3, 4]) {
      await page.reload();
      await expect(page.getByRole("contentinfo", STATUS)).toContainText("Core: Connected");
      await desktop.until("ipc", () => desktop.entries("ipc").length === count);
    }
  });

  test("a core that serves browsers is shown while it stays, and taken over from when it ends", async ({
    desktopApp: app,
  }) => {
    const counter = await addCounter(app.program);
    await app.close();
    const served = await app.program.serve();
    await app.reopen();
    const run = new RunPage(app.page);

    await app.open("/agents/counter");
    await new AgentPage(app.page).start.click();
    await run.log.reaches(20);
    expect(app.desktop.entries("dialog.message")).toEqual([]);
    await app.desktop.until("app.setBadgeCount", ({ count }) => count === 1);
    expect(await (await fetch(served.url)).text()).toContain("<title>Pilothouse");

    served.command.kill("SIGINT");
    await served.command.result;

    await expect(app.page.getByRole("contentinfo")).toContainText("Core: Connected");
    await run.is("Running");
    await counter.finish();
    await run.is("Succeeded");
    await run.log.isComplete();
    const written = await counter.written();
    expect([...(await run.log.walk(written))]).toEqual(upTo(written).map((number) => [number, number]));
  });

  test("offers no dialog of the system while it shows a core of another program, and asks for none", async ({
    desktopApp: app,
  }) => {
    await app.close();
    const served = await app.program.serve();
    await app.reopen();
    const choose = new AddDialog(app.page).dialog.getByRole("button", { name: "Choose a folder…" });

    await app.open("/agents?add=folder");
    await expect(new AddDialog(app.page).folder).toBeVisible();
    await expect(choose).toBeHidden();
    served.command.kill("SIGINT");
    await served.command.result;

    await expect(choose).toBeVisible();
    expect(app.desktop.entries("dialog.open")).toEqual([]);
  });

  test("quitting closes the core in order and leaves the run alone; the next start finds it", async ({
    desktopApp: app,
  }) => {
    const counter = await addCounter(app.program);
    await app.open("/agents/counter");
    await new AgentPage(app.page).start.click();
    await expect(new RunPage(app.page).log.lines).toContainText("tick 0");

    await app.close();
    await app.reopen();
    const [{ id }] = (await app.program.json(["runs"])) as [{ id: string }];
    await app.open(`/runs/${id}`);
    const run = new RunPage(app.page);
    await run.is("Running");
    await counter.finish();

    await run.is("Succeeded");
  });

  test("a page that crashes is loaded again by itself", async ({ desktopApp: app }) => {
    app.expectProblem(/the page crashed/);
    const { desktop, page } = app;
    const session = await page.context().newCDPSession(page);

    // The page is gone before it could answer.
    session.send("Page.crash").catch(() => undefined);

    await desktop.until("ipc", () => desktop.entries("ipc").length === 2);
    expect(desktop.entries("window.created")).toHaveLength(1);
  });
});
