import { AxeBuilder } from "@axe-core/playwright";
import { type App, expect, type Page, test } from "#tests/helpers/e2e.ts";
import { addAgent, FAILING_SCRIPT, runToEnd, WAITING_SCRIPT } from "#tests/helpers/e2e-agents.ts";

interface Screen {
  readonly address: string;
  /** What stands on it once it is complete. */
  readonly sign: string;
}

const NOWHERE = "/nowhere";

/** Real data of every kind: a sample that ran, a failure, a run that goes on, a broken manifest. */
async function everyScreen({ program }: App): Promise<readonly Screen[]> {
  await addAgent(program, { name: "patient", script: WAITING_SCRIPT });
  await addAgent(program, {
    name: "bad",
    script: FAILING_SCRIPT,
    more: "limits: { memory: 64MiB, timeout: 5m }",
  });
  const { id: liveId } = (await program.json(["run", "patient"])) as { id: string };
  await runToEnd(program, "bad");
  await program.json(["variable", "set", "REGION", "EU"]);
  const [failed] = (await program.json(["runs", "--agent", "bad"])) as readonly { id: string }[];
  return [
    { address: "/welcome", sign: "First steps" },
    { address: "/bridge", sign: "patient" },
    { address: "/agents", sign: "patient" },
    { address: "/agents?add=folder", sign: "patient" },
    { address: "/agents?add=samples", sign: "word-count" },
    { address: "/agents/bad", sign: "bad" },
    { address: "/agents/bad?tab=runs", sign: "bad" },
    { address: "/agents/bad?tab=manifest", sign: "64MiB" },
    { address: "/agents/bad?tab=settings", sign: "bad" },
    { address: "/runs", sign: "patient" },
    { address: `/runs/${liveId}`, sign: "ready and waiting" },
    { address: `/runs/${failed?.id}`, sign: "tide table" },
    { address: `/runs/${failed?.id}?tab=load`, sign: "tide table" },
    { address: `/runs/${failed?.id}?tab=screens`, sign: "tide table" },
    { address: `/runs/${failed?.id}?tab=details`, sign: "tide table" },
    { address: "/logs", sign: "ready and waiting" },
    { address: `/logs?run=${liveId}&run=${failed?.id}`, sign: "tide table" },
    { address: "/targets", sign: "" },
    { address: "/targets/this-computer", sign: "" },
    { address: "/credentials", sign: "" },
    { address: "/credentials?credential=new", sign: "" },
    { address: "/variables", sign: "REGION" },
    { address: "/audit", sign: "REGION" },
    { address: "/bridge?vault=status", sign: "" },
    { address: "/settings", sign: "SQLite" },
    { address: NOWHERE, sign: "" },
  ];
}

/** Loads the page anew at a screen's address. */
async function arrive(app: App, screen: Screen): Promise<void> {
  await app.open(screen.address);
  await isComplete(app.page, screen);
}

/** Goes to a screen as a link does, over one that has nothing in common with any. */
async function turnTo({ page }: App, screen: Screen): Promise<void> {
  const nothing = page.getByText("По этому адресу ничего нет");
  await page.evaluate((address) => history.pushState(null, "", address), NOWHERE);
  await expect(nothing).toBeVisible();
  await page.evaluate((address) => history.pushState(null, "", address), screen.address);
  await expect(nothing).toBeVisible({ visible: screen.address === NOWHERE });
  await isComplete(page, screen);
}

async function isComplete(page: Page, { sign }: Screen): Promise<void> {
  if (sign !== "First steps") await expect(page.locator("body")).toContainText(sign);
  await expect(page.getByRole("main").getByRole("heading").first()).toBeVisible();
  await expect(page.getByRole("contentinfo")).toContainText(/Core: Connected|Ядро: На связи/);
}

/** Everything that is wrong in the light, and what the colours of the dark make wrong: nothing else differs. */
async function seriousProblems(page: Page, colorScheme: "light" | "dark"): Promise<readonly string[]> {
  // No screen has a frame in it, and without frames axe needs no second page to put their results together.
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const { violations } = await (colorScheme === "light"
    ? builder
    : builder.withRules(COLOUR_RULES)
  ).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
    );
}

const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** Nothing of the page reaches out of its window of 1280 by 800. */
async function expectToFit(page: Page, { address }: Screen): Promise<void> {
  const sizes = await page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    return { tooWide: scrollWidth - clientWidth, tooHigh: scrollHeight - clientHeight };
  });
  expect(sizes, address).toEqual({ tooWide: 0, tooHigh: 0 });
}

test.describe.configure({ timeout: 300_000 });

const PARTS = [1, 2, 3, 4];

// In parts, because some run side by side.
for (const part of PARTS) {
  test(`no screen keeps anybody out in either theme or is larger than the window, part ${part}`, async ({
    app,
  }) => {
    const all = await everyScreen(app);
    const screens = all.filter((_, index) => index % PARTS.length === part - 1);
    await app.open("/settings");
    await app.page.getByRole("radiogroup", { name: "Theme" }).getByText("As the system").click();
    for (const screen of screens) {
      await test.step(screen.address, async () => {
        await app.page.emulateMedia({ colorScheme: "light" });
        await arrive(app, screen);
        await expectToFit(app.page, screen);
        for (const colorScheme of ["light", "dark"] as const) {
          await app.page.emulateMedia({ colorScheme });
          await expect(app.page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
          const problems = await seriousProblems(app.page, colorScheme);
          expect(problems, `${screen.address}, ${colorScheme}`).toEqual([]);
        }
      });
    }
  });
}

test("no screen is larger than the window in Russian", async ({ app }) => {
  const screens = await everyScreen(app);
  await app.open("/settings");
  await app.page.getByRole("radiogroup", { name: "Language" }).getByText("Русский", { exact: true }).click();
  await expect(app.page.locator("html")).toHaveAttribute("lang", "ru");
  for (const screen of screens) {
    await test.step(screen.address, async () => {
      await turnTo(app, screen);
      await expectToFit(app.page, screen);
    });
  }
});

test("every screen comes at its address in a browser, and is not larger than the window", {
  tag: "@web",
}, async ({ app }) => {
  for (const screen of await everyScreen(app)) {
    await test.step(screen.address, async () => {
      await arrive(app, screen);
      await expectToFit(app.page, screen);
    });
  }
});
