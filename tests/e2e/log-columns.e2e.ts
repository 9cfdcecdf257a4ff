import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent } from "#tests/helpers/e2e-agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

const FIELDS = `
for (let n = 0; n < 60; n += 1) console.log(JSON.stringify({ message: "order " + n, shop: "shop-" + n % 3, till: n }));
`;

test("a column is as wide as a person makes it, by dragging and by keys, and stays so for the agent", async ({
  app,
}) => {
  await addAgent(app.program, { name: "fields", script: FIELDS });
  const { id } = (await app.program.json(["run", "fields", "--wait"])) as { id: string };
  await app.open(`/runs/${id}`);
  const { log } = new RunPage(app.page);
  await expect(log.lines).toContainText("order 59");
  await log.button("Fields as columns").click();
  await app.page.getByRole("checkbox", { name: "shop" }).check();
  await app.page.getByRole("checkbox", { name: "till" }).check();
  await app.page.keyboard.press("Escape");
  const edge = log.view.getByRole("separator", { name: "Width of column shop" });
  const cell = log.lines.getByTitle(/^shop-\d$/).first();
  const width = async () => Math.round((await cell.boundingBox())?.width ?? 0);
  /** Heads stand over their columns, also the one behind. */
  const isStraight = async () => {
    const lefts = await Promise.all(
      [
        log.view.getByRole("listitem").filter({ hasText: "till" }),
        log.lines.getByTitle("59", { exact: true }),
      ].map(async (each) => (await each.boundingBox())?.x ?? 0),
    );
    return Math.abs((lefts[0] ?? 0) - (lefts[1] ?? 99)) < 1;
  };
  await expect(edge).toHaveAttribute("aria-valuenow", "130");
  expect(await width()).toBe(130);

  const box = await edge.boundingBox();
  const at = { x: (box?.x ?? 0) + 3, y: (box?.y ?? 0) + 8 };
  await app.page.mouse.move(at.x, at.y);
  await app.page.mouse.down();
  await app.page.mouse.move(at.x + 70, at.y, { steps: 5 });
  await expect(edge).toHaveAttribute("aria-valuenow", "200");
  await expect.poll(width).toBe(200);
  await app.page.mouse.up();
  await expect.poll(isStraight).toBe(true);

  await edge.focus();
  await edge.press("ArrowRight");
  await edge.press("Shift+ArrowRight");
  await edge.press("ArrowLeft");
  await expect(edge).toHaveAttribute("aria-valuenow", "250");
  await expect.poll(width).toBe(250);
  await expect.poll(isStraight).toBe(true);

  await app.open(`/runs/${id}`);
  await expect(edge).toHaveAttribute("aria-valuenow", "250");
  await expect.poll(width).toBe(250);
  await edge.dblclick();
  await expect(edge).toHaveAttribute("aria-valuenow", "130");
  await expect.poll(width).toBe(130);
});

test("the choice of columns fills itself when it was opened before the first lines came", async ({ app }) => {
  const gate = path.join(app.program.folder, "go");
  const script = `
import { existsSync } from "node:fs";
const timer = setInterval(() => {
  if (!existsSync(${JSON.stringify(gate)})) return;
  clearInterval(timer);
  ${FIELDS}
}, 20);`;
  await addAgent(app.program, { name: "late", script });
  const { id } = (await app.program.json(["run", "late"])) as { id: string };
  await app.open(`/runs/${id}`);
  const { log } = new RunPage(app.page);
  await log.button("Fields as columns").click();
  await expect(app.page.getByText("The lines in view have no fields.")).toBeVisible();

  await writeFile(gate, "");

  await app.page.getByRole("checkbox", { name: "shop" }).check();
  await app.page.keyboard.press("Escape");
  await expect(log.lines.getByTitle("shop-0").first()).toBeVisible();
});
