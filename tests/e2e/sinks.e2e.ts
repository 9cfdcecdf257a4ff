import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent, runToEnd, SUCCEEDING_SCRIPT } from "#tests/helpers/e2e-agents.ts";

/** The discard port: nothing listens there on any computer of today. */
const NOBODY = "http://127.0.0.1:9";

async function addSink(
  page: Page,
  name: string,
  fill: (form: ReturnType<Page["getByRole"]>) => Promise<void>,
) {
  await page.getByRole("button", { name: "Forward logs" }).click();
  const form = page.getByRole("dialog", { name: "Forward logs" });
  await form.getByRole("textbox", { name: "Name" }).fill(name);
  await fill(form);
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
}

test.describe("forwarding of logs", () => {
  test("to a file begins when it is set, and the lines of a run stand there", { tag: "@both" }, async ({
    app,
  }) => {
    const { page, program } = app;
    const folder = join(program.folder, "forwarded");
    await mkdir(folder);
    await addAgent(program, { name: "quick", script: `console.log("first"); console.error("second");` });
    await app.open("/settings");
    await addSink(page, "to-file", async (form) => {
      await form.getByRole("radiogroup", { name: "Where to" }).getByText("File").click();
      await form.getByRole("textbox", { name: "Folder" }).fill(folder);
    });
    const sink = page.getByRole("listitem").filter({ hasText: "to-file" });
    await expect(sink).toContainText("Everything is sent");

    await runToEnd(program, "quick");

    const lines = async () => {
      const text = await readFile(join(folder, "to-file.jsonl"), "utf8").catch(() => "");
      // What stands behind the last line end is still being written.
      const whole = text.split("\n").slice(0, -1);
      return whole.map((line) => JSON.parse(line) as { message: string });
    };
    await expect.poll(async () => (await lines()).length).toBe(2);
    expect((await lines()).map((line) => JSON.stringify(line)).join()).toMatch(
      /first.*second|second.*first/s,
    );
    await expect(sink).toContainText("2 lines");
    await expect(sink).toContainText("Last sent");
  });

  test("to an address that does not answer says what is wrong, keeps the lines, and is switched off", async ({
    app,
  }) => {
    const { page, program } = app;
    await addAgent(program, { name: "quick", script: SUCCEEDING_SCRIPT });
    await app.open("/settings");
    for (const [name, kind] of [
      ["to-loki", "Loki"],
      ["to-otlp", "OpenTelemetry"],
    ] as const) {
      await addSink(page, name, async (form) => {
        await form.getByRole("radiogroup", { name: "Where to" }).getByText(kind).click();
        await form.getByRole("textbox", { name: "Address" }).fill(NOBODY);
      });
    }
    await runToEnd(program, "quick");
    for (const name of ["to-loki", "to-otlp"]) {
      const sink = page.getByRole("listitem").filter({ hasText: name });
      await expect(sink).toContainText("Not getting through");
      await expect(sink.getByRole("alert")).toContainText("127.0.0.1:9");
      await expect(sink).toContainText("Waiting:");
      await expect(sink).toContainText("Nothing sent yet");
      const isOn = sink.getByRole("switch", { name: `Forward to ${name}` });
      await isOn.focus();
      await isOn.press("Space");
      await expect(sink).toContainText("Off");
    }
  });
});
