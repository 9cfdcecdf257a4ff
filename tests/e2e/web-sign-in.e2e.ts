import { expect, test } from "#tests/helpers/e2e.ts";

const REFUSED = /the server responded with a status of 4\d\d/;

test.describe("the sign-in link", { tag: "@web" }, () => {
  test("works once; used again it leads to a calm page that says how to get a new one", async ({
    webApp: app,
    browsers,
  }) => {
    app.expectProblem(REFUSED);
    // The first visit has used it up, and does not keep it in the address.
    expect(app.page.url()).not.toContain("signin");
    const stranger = await (await browsers.tabs()).newContext();
    const page = await stranger.newPage();
    await page.goto(app.spentLink);

    await expect(page.getByRole("heading", { name: "Sign in to Pilothouse" })).toBeVisible();
    await expect(page.getByRole("status")).toContainText("This link was used before or is too old.");
    await expect(page.getByText("pilothouse open")).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
    expect(page.url()).not.toContain("signin");

    const field = page.getByRole("textbox", { name: "Sign-in link" });
    await field.fill("http://example.org/");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(field).toHaveAccessibleDescription(/not a sign-in link/);
    const { signIn } = (await app.program.json(["open", "--no-open"])) as { signIn: string };
    await field.fill(signIn);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
    await stranger.close();
  });

  test("is needed by another browser, and not by the same one again", async ({ webApp: app, browsers }) => {
    await app.page.reload();
    await expect(app.page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
    const stranger = await (await browsers.tabs()).newContext();
    const page = await stranger.newPage();
    await page.goto(new URL("/runs", app.page.url()).href);
    await expect(page.getByRole("status")).toContainText("This page does not know you yet.");
    await stranger.close();
  });
});
