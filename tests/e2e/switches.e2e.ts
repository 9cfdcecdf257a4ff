import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent, SUCCEEDING_SCRIPT } from "#tests/helpers/e2e-agents.ts";

/** Holds back what the page asks with `word` until it is let go, changed if need be. */
async function holdCalls(page: Page, word: string) {
  const held: ((change: (call: string) => string) => void)[] = [];
  await page.routeWebSocket(/./, (socket) => {
    const core = socket.connectToServer();
    socket.onMessage((message) => {
      const call = String(message);
      if (call.includes(word)) held.push((change) => core.send(change(call)));
      else core.send(message);
    });
  });
  return {
    count: () => held.length,
    letGo(change: (call: string) => string = (call) => call): void {
      for (const send of held.splice(0)) send(change);
    },
  };
}

test.describe("a switch", { tag: "@web" }, () => {
  test("of an agent shows what was chosen before the core has answered, and goes back when it refuses", async ({
    webApp: app,
  }) => {
    await addAgent(app.program, { name: "lighthouse", script: SUCCEEDING_SCRIPT });
    const calls = await holdCalls(app.page, "agents.setSettings");
    await app.open("/agents/lighthouse?tab=settings");
    const autostart = app.page.getByRole("switch", { name: "Start together with Pilothouse" });

    await autostart.click();
    await expect(autostart).toBeChecked();
    await expect(autostart).toBeEnabled();
    await expect.poll(calls.count).toBe(1);
    calls.letGo((call) => call.replace("lighthouse", "nobody"));

    await expect(app.page.getByText("There is no agent “nobody”")).toBeVisible();
    await expect(autostart).not.toBeChecked();
    await autostart.click();
    await expect(autostart).toBeChecked();
    await expect.poll(calls.count).toBe(1);
    calls.letGo();
    await expect
      .poll(async () => await app.program.json(["agent", "show", "lighthouse"]))
      .toMatchObject({ autostart: true });
    await expect(autostart).toBeChecked();
  });

  test("of forwarding shows what was chosen before the core has answered", async ({ webApp: app }) => {
    const { page, program } = app;
    const folder = join(program.folder, "forwarded");
    await mkdir(folder);
    await program.json(["logs", "sink", "set", "to-file", "--kind", "file", "--folder", folder]);
    const calls = await holdCalls(page, "sinks.set");
    await app.open("/settings");
    const sink = page.getByRole("listitem").filter({ hasText: "to-file" });
    const isOn = sink.getByRole("switch", { name: "Forward to to-file" });
    await expect(isOn).toBeChecked();

    await isOn.focus();
    await isOn.press("Space");
    await expect(isOn).not.toBeChecked();
    await expect(isOn).toBeEnabled();
    await expect.poll(calls.count).toBe(1);
    calls.letGo();

    await expect(sink).toContainText("Off");
    await expect(isOn).not.toBeChecked();
  });
});
