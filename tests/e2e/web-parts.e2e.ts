import { expect, test } from "#tests/helpers/e2e.ts";
import { LOST_CONNECTION } from "#tests/helpers/e2e-watch.ts";

/** As a request is that a spec has held and given up. */
const GIVEN_UP = /ERR_(?:FAILED|ABORTED)/;
const PART = /assets\/settings-page-.*\.js/;

test("a part of the page that a dying core did not send comes when there is a core again, and what was typed stays", {
  tag: "@web",
}, async ({ webApp: app }) => {
  app.expectProblem(LOST_CONNECTION);
  app.expectProblem(GIVEN_UP);
  const { page } = app;
  const isAsked = Promise.withResolvers<void>();
  // Held here until there is no core that could send it.
  await page.route(PART, () => isAsked.resolve());
  await app.open("/settings?add=folder");
  await isAsked.promise;
  const folder = page.getByRole("dialog").getByRole("textbox", { name: "Folder of the agent" });
  await folder.fill("/somewhere/else");

  await app.killCore();
  await page.unroute(PART);
  await expect(page.getByText("The Pilothouse core is not answering.")).toBeVisible();
  await expect(page.getByText("This part of the page has not come yet")).toBeAttached();
  await app.restartCore();

  await expect(page.getByText("The Pilothouse core is not answering.")).toBeHidden();
  await expect(page.getByText("This part of the page has not come yet")).not.toBeAttached();
  await expect(folder).toHaveValue("/somewhere/else");
  await page.getByRole("dialog").press("Escape");
  await expect(page.getByRole("main").getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
});
