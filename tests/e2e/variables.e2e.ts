import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent } from "#tests/helpers/e2e-agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

const SCRIPT = `console.log("the region is " + process.env.REGION);`;

test.describe("a variable", () => {
  test("is set for all and for one agent, checked by its type, and the agent gets its own", {
    tag: "@both",
  }, async ({ app }) => {
    const { page } = app;
    await addAgent(app.program, { name: "ferry", script: SCRIPT, more: "variables: [REGION]" });
    await app.program.json(["variable", "set", "REGION", "EU"]);
    await app.open("/variables");
    await expect(page.getByRole("row", { name: /REGION All agents/ })).toBeVisible();

    await page.getByRole("button", { name: "Add variable" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a variable" });
    await dialog.getByLabel("Name").fill("REGION");
    await expect(dialog).toContainText("There is one of this name already");
    await dialog
      .getByRole("combobox", { name: "For" })
      .or(dialog.getByLabel("For", { exact: true }))
      .first()
      .click();
    await page.getByRole("option", { name: "ferry" }).click();
    await dialog.getByText("JSON", { exact: true }).click();
    await dialog.getByRole("textbox", { name: "Value" }).fill("{region");
    await expect(dialog).toContainText("This is not JSON");
    await dialog.getByText("Text", { exact: true }).click();
    await dialog.getByRole("textbox", { name: "Value" }).fill("harbour");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("complementary", { name: "REGION" })).toContainText("Only ferry");

    await app.open("/agents/ferry");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const run = new RunPage(page);
    await run.is("Succeeded");
    await expect(run.log.lines).toContainText("the region is harbour");
  });

  test("keeps its history with who changed it and how, also after it was deleted", async ({ app }) => {
    const { page } = app;
    await app.program.json(["variable", "set", "RETRIES", "3"]);
    await app.open("/variables?show=RETRIES");
    const panel = page.getByRole("complementary", { name: "RETRIES" });
    await panel.getByRole("button", { name: "Edit…" }).click();
    const dialog = page.getByRole("dialog", { name: "Edit RETRIES" });
    await dialog.getByRole("textbox", { name: "Value" }).fill("5");
    await dialog.getByRole("button", { name: "Save" }).click();

    await expect(panel.getByRole("listitem")).toHaveCount(2);
    await expect(panel.getByRole("listitem").first()).toContainText(/5.*Window/);
    await expect(panel.getByRole("listitem").last()).toContainText(/3.*Command line/);

    await panel.getByRole("button", { name: "Delete…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(panel).toContainText("It was removed. Its history stays.");
    await expect(panel.getByRole("listitem").first()).toContainText("removed");
  });
});
