import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "@playwright/test";
import { type DemoScenario, serveDemo } from "../tests/helpers/demo-core.ts";
import { demoRuns } from "../tests/helpers/demo-data.ts";
import { findInstalledBrowser, TEST_BROWSER_FLAGS } from "../tests/helpers/installed-browser.ts";

/**
 * Takes a picture of every screen in both languages, schemes and sizes.
 * `node scripts/screens.ts FOLDER [--only NAME,NAME] [--quick] [--looks ru-light-1920,…] [--axe] [--assets DIR]`;
 * the page has to be built.
 * With `--axe` every screen is also checked for barriers; a serious one makes the script fail.
 */

interface Shot {
  readonly name: string;
  readonly address: string;
  readonly scenarios: readonly DemoScenario[];
  /** Brings the screen into the state to look at. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const RUN = demoRuns(1).find((run) => run.agent === "price-watcher" && run.state === "running");
const FAILED_RUN = demoRuns(1).find((run) => run.state === "failed");

const SHOTS: readonly Shot[] = [
  { name: "bridge", address: "/bridge", scenarios: ["empty", "full", "failing"] },
  { name: "agents", address: "/agents", scenarios: ["empty", "full", "failing"] },
  { name: "agent", address: "/agents/price-watcher", scenarios: ["full"] },
  { name: "agent-manifest", address: "/agents/form-filler?tab=manifest", scenarios: ["full"] },
  { name: "agent-runs", address: "/agents/price-watcher?tab=runs", scenarios: ["full"] },
  { name: "agent-settings", address: "/agents/price-watcher?tab=settings", scenarios: ["full"] },
  { name: "agent-missing", address: "/agents/no-such-agent", scenarios: ["full"] },
  { name: "add-samples", address: "/agents?add=samples", scenarios: ["empty"] },
  { name: "add-folder", address: "/agents?add=folder", scenarios: ["full"] },
  { name: "start", address: "/agents?start=price-watcher", scenarios: ["full"] },
  { name: "runs", address: "/runs", scenarios: ["empty", "full", "failing"] },
  { name: "run", address: `/runs/${RUN?.id}`, scenarios: ["full"] },
  { name: "run-load", address: `/runs/${RUN?.id}?tab=load`, scenarios: ["full"] },
  { name: "run-screens", address: `/runs/${RUN?.id}?tab=screens`, scenarios: ["full"] },
  { name: "run-details", address: `/runs/${RUN?.id}?tab=details`, scenarios: ["full"] },
  {
    name: "run-line",
    address: `/runs/${RUN?.id}`,
    scenarios: ["full"],
    prepare: async (page) => {
      await page.getByRole("log").focus();
      await page.keyboard.press("Control+g");
    },
  },
  { name: "run-failed", address: `/runs/${FAILED_RUN?.id}`, scenarios: ["full"] },
  { name: "targets", address: "/targets", scenarios: ["full", "failing"] },
  { name: "target", address: "/targets/this-computer", scenarios: ["full", "failing"] },
  { name: "targets-empty", address: "/targets", scenarios: ["empty"] },
  { name: "engine", address: "/engines/docker", scenarios: ["full", "failing"] },
  { name: "container", address: "/engines/docker/containers/shop-web-1", scenarios: ["full", "failing"] },
  { name: "container-shell", address: "/engines/docker/containers/shop-db-1?tab=shell", scenarios: ["full"] },
  {
    name: "container-inspect",
    address: "/engines/docker/containers/shop-web-1?tab=inspect",
    scenarios: ["full", "failing"],
  },
  {
    name: "container-files",
    address: "/engines/docker/containers/shop-web-1?tab=files",
    scenarios: ["full"],
  },
  {
    name: "container-load",
    address: "/engines/docker/containers/shop-web-1?tab=load",
    scenarios: ["full"],
    prepare: (page) => page.waitForTimeout(5_000),
  },
  { name: "engine-empty", address: "/engines/podman", scenarios: ["full"] },
  { name: "images", address: "/engines/docker?tab=images", scenarios: ["full", "failing"] },
  { name: "images-empty", address: "/engines/podman?tab=images", scenarios: ["full"] },
  { name: "volumes", address: "/engines/docker?tab=volumes", scenarios: ["full"] },
  { name: "networks", address: "/engines/docker?tab=networks", scenarios: ["full"] },
  {
    name: "prune",
    address: "/engines/docker?tab=images",
    scenarios: ["full"],
    prepare: (page) => page.locator("main button:has(svg.tabler-icon-trash)").first().click(),
  },
  {
    name: "pull",
    address: "/engines/docker?tab=images",
    scenarios: ["full"],
    prepare: async (page) => {
      await page.locator("main button:has(svg.tabler-icon-download)").first().click();
      await page.getByRole("dialog").locator("input").fill("nginx:1.27");
      await page.keyboard.press("Enter");
    },
  },
  { name: "engine-missing", address: "/engines/no-such", scenarios: ["full"] },
  {
    name: "engine-many",
    address: "/engines/docker",
    scenarios: ["full"],
    prepare: async (page) => {
      await page.getByRole("checkbox").first().check();
    },
  },
  {
    name: "engine-remove",
    address: "/engines/docker",
    scenarios: ["full"],
    prepare: async (page) => {
      await page.getByRole("row", { name: /shop-web-1/ }).focus();
      await page.keyboard.press("Delete");
    },
  },
  {
    name: "engine-menu",
    address: "/engines/docker",
    scenarios: ["full"],
    prepare: (page) =>
      page
        .getByRole("row", { name: /shop-db-1/ })
        .getByRole("button")
        .last()
        .click(),
  },
  { name: "credentials", address: "/credentials", scenarios: ["empty", "full", "failing"] },
  { name: "credential", address: "/credentials/shop-login", scenarios: ["full"] },
  { name: "credential-gone", address: "/credentials/no-such", scenarios: ["full"] },
  { name: "credential-new", address: "/credentials?credential=new", scenarios: ["full", "failing"] },
  {
    name: "credential-new-key",
    address: "/credentials?credential=new",
    scenarios: ["full"],
    prepare: async (page) => {
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("combobox").or(dialog.locator("input[readonly]")).first().click();
      await page.getByRole("option").nth(2).click();
      await dialog.locator("textarea").fill("-----BEGIN OPENSSH PRIVATE KEY-----\nnot a key");
    },
  },
  {
    name: "credential-rotate",
    address: "/credentials/shop-login?credential=rotate:shop-login",
    scenarios: ["full"],
  },
  {
    name: "credential-edit",
    address: "/credentials/shop-login?credential=edit:shop-login",
    scenarios: ["full"],
  },
  {
    name: "credential-import",
    address: "/credentials?credential=import",
    scenarios: ["full"],
    prepare: async (page) => {
      await page.getByRole("dialog").locator("input").first().fill("/home/kim/agents/price-watcher/.env");
      await page.getByRole("dialog").getByRole("checkbox").first().waitFor();
    },
  },
  { name: "variables", address: "/variables", scenarios: ["empty", "full"] },
  { name: "variable", address: "/variables?show=REGION:price-watcher", scenarios: ["full"] },
  { name: "variable-new", address: "/variables?variable=new", scenarios: ["full"] },
  { name: "variable-edit", address: "/variables?variable=edit:SHOPS", scenarios: ["full"] },
  { name: "audit", address: "/audit", scenarios: ["empty", "full", "failing"] },
  { name: "audit-filtered", address: "/audit?result=failed,refused&door=cli&q=nothing", scenarios: ["full"] },
  { name: "audit-entry", address: "/audit?entry=893", scenarios: ["failing"] },
  { name: "vault", address: "/bridge?vault=status", scenarios: ["empty", "full", "failing"] },
  {
    name: "vault-popover",
    address: "/bridge",
    scenarios: ["full", "failing"],
    prepare: (page) => page.getByRole("contentinfo").getByRole("button").nth(1).click(),
  },
  {
    name: "vault-create",
    address: "/bridge?vault=status",
    scenarios: ["empty"],
    prepare: (page) => page.getByRole("dialog").getByRole("radio").nth(1).click(),
  },
  {
    name: "welcome-computer",
    address: "/welcome",
    scenarios: ["empty"],
    prepare: (page) => page.locator("main section button").last().click(),
  },
  { name: "settings", address: "/settings", scenarios: ["full", "failing"] },
  { name: "welcome", address: "/welcome", scenarios: ["empty"] },
  { name: "not-found", address: "/nowhere", scenarios: ["full"] },
  {
    name: "palette",
    address: "/agents",
    scenarios: ["full"],
    prepare: async (page) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "bell",
    address: "/agents",
    scenarios: ["full"],
    prepare: (page) => page.locator("header button[aria-haspopup]").last().click(),
  },
  {
    name: "shortcuts",
    address: "/agents",
    scenarios: ["full"],
    prepare: (page) => page.keyboard.press("Shift+?"),
  },
];

const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;

interface Look {
  readonly language: "en" | "ru";
  readonly colorScheme: "light" | "dark";
  readonly size: (typeof SIZES)[number];
}

function looks(): readonly Look[] {
  const wanted = optionOf("--looks")?.split(",");
  if (wanted !== undefined) {
    return allLooks().filter((look) =>
      wanted.includes([look.language, look.colorScheme, look.size.width].join("-")),
    );
  }
  if (process.argv.includes("--quick")) {
    return [
      { language: "en", colorScheme: "light", size: SIZES[0] },
      { language: "ru", colorScheme: "dark", size: SIZES[0] },
    ];
  }
  return allLooks();
}

function allLooks(): readonly Look[] {
  return (["en", "ru"] as const).flatMap((language) =>
    (["light", "dark"] as const).flatMap((colorScheme) =>
      SIZES.map((size) => ({ language, colorScheme, size })),
    ),
  );
}

interface Session {
  readonly browser: Browser;
  readonly folder: string;
  readonly assets: string;
  readonly only: readonly string[] | undefined;
  readonly isChecking: boolean;
}

async function checkBarriers(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const violation of violations) {
    const isSerious = violation.impact === "serious" || violation.impact === "critical";
    if (isSerious) process.exitCode = 1;
    const places = violation.nodes
      .slice(0, 3)
      .map((node) => `${node.target.join(" ")} ${node.failureSummary ?? ""}`);
    console.error(
      `${name}: ${violation.impact} ${violation.id}: ${places.join(" | ").replaceAll("\n", " ")}`,
    );
  }
}

async function shootScenario(scenario: DemoScenario, look: Look, session: Session): Promise<void> {
  const shots = SHOTS.filter(
    (shot) =>
      shot.scenarios.includes(scenario) && (session.only === undefined || session.only.includes(shot.name)),
  );
  if (shots.length === 0) return;
  const settings = { language: look.language, colorScheme: look.colorScheme, hasSeenWelcome: true };
  const server = await serveDemo({ scenario, settings }, session.assets);
  const context = await session.browser.newContext({ viewport: look.size, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") console.error(`${scenario}: ${message.text()}`);
  });
  page.on("pageerror", (error) => console.error(`${scenario}: ${error.message}`));
  await page.goto(server.createSignInLink());
  await page.getByRole("contentinfo").waitFor();
  for (const shot of shots) {
    await page.goto(new URL(shot.address, server.url).href);
    await page.getByRole("contentinfo").waitFor();
    await page.waitForLoadState("networkidle");
    await shot.prepare?.(page);
    await page.waitForTimeout(250);
    const name = [shot.name, scenario, look.language, look.colorScheme, look.size.width].join("-");
    if (session.isChecking) await checkBarriers(page, name);
    await page.screenshot({ path: join(session.folder, `${name}.png`) });
  }
  await context.close();
  await server.close();
}

function optionOf(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : process.argv[index + 1];
}

const folder = process.argv[2];
const executablePath = findInstalledBrowser();
if (folder === undefined || executablePath === null) {
  console.error(
    "usage: node scripts/screens.ts FOLDER [--only NAME,NAME] [--quick]; needs an installed Chromium",
  );
  process.exitCode = 2;
} else {
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: [...TEST_BROWSER_FLAGS] });
  const session: Session = {
    browser,
    folder,
    assets: resolve(optionOf("--assets") ?? "dist/renderer"),
    only: optionOf("--only")?.split(","),
    isChecking: process.argv.includes("--axe"),
  };
  for (const look of looks()) {
    for (const scenario of ["empty", "full", "failing"] as const)
      await shootScenario(scenario, look, session);
  }
  await browser.close();
}
