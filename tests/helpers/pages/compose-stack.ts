import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@playwright/test";
import type { App } from "../e2e.ts";
import { BUSYBOX_IMAGE, type TestEngine } from "../engines.ts";
import { EnginePage } from "./engine-page.ts";

function composeFile(services: readonly string[]): string {
  const lines = services.flatMap((service) => [
    `  ${service}:`,
    `    image: ${BUSYBOX_IMAGE}`,
    "    command: sleep 600",
    "    network_mode: none",
    "    stop_grace_period: 0s",
    // Podman's own limits are refused where its service runs with lower ones; see QUIRKS.md of the driver.
    "    ulimits: { nofile: 1024, nproc: 1024 }",
  ]);
  return ['version: "3"', "services:", ...lines, ""].join("\n");
}

/** On the page, starts a stack from its file, updates it, stops it and takes it down as one. */
export async function steerStack(app: App, engine: TestEngine): Promise<void> {
  const folder = join(app.program.folder, "shop");
  const file = join(folder, "compose.yaml");
  await mkdir(folder);
  await writeFile(file, composeFile(["web", "store"]));
  await app.open(`/engines/${engine.product}`);
  const page = new EnginePage(app.page);
  const heading = (running: number, count: number) =>
    page.rows(new RegExp(`^shop${running} of ${count} running`));
  const done = async (title: string) => {
    const job = app.page.getByRole("dialog", { name: title });
    await expect(job.getByRole("status")).toHaveText("Done.");
    await job.getByRole("button", { name: "Close" }).last().click();
    await expect(job).toHaveCount(0);
  };

  await app.page.getByRole("button", { name: "Start a stack…" }).click();
  const dialog = app.page.getByRole("dialog", { name: "Start a compose stack" });
  await dialog.getByRole("textbox").first().fill(file);
  await expect(dialog.getByRole("textbox").last()).toHaveValue("shop");
  await app.page.keyboard.press("Enter");
  await done("Up: shop");
  await expect(heading(2, 2)).toBeVisible();
  await expect(page.rows(/web/)).toContainText("Running");

  await writeFile(file, composeFile(["web", "store", "mail"]));
  await app.page.getByRole("button", { name: "Update: shop" }).click();
  await done("Update: shop");
  await expect(heading(3, 3)).toBeVisible();

  await app.page.getByRole("button", { name: "Stop: shop" }).click();
  await done("Stop: shop");
  await expect(heading(0, 3)).toBeVisible();

  await app.page.getByRole("button", { name: "Down: shop" }).click();
  const question = app.page.getByRole("dialog", { name: "Take shop down?" });
  await question.getByRole("button", { name: "Take down" }).click();
  await done("Down: shop");
  await expect(page.rows(/shop/)).toHaveCount(0);
  expect(await engine.command("ps", "-aq")).toBe("");
}
