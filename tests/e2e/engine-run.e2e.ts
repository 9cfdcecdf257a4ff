import { addAgent } from "#tests/helpers/e2e-agents.ts";
import { test as base, expect } from "#tests/helpers/e2e-engine.ts";
import { BUSYBOX_IMAGE, NODE_IMAGE, startEngine } from "#tests/helpers/engines.ts";
import { AgentPage, StartDialog } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

/** What the generated Dockerfile of a Node agent begins with; no registry is asked for it. */
const NODE_BASE = "docker.io/library/node:24-slim";

const test = base.extend({
  engine: [
    async ({ product }, use) => {
      await using engine = await startEngine(product, { nodeFiles: {} });
      await engine.command("tag", NODE_IMAGE, NODE_BASE);
      await use(engine);
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

const SCRIPT = `
import { existsSync } from "node:fs";
const { name } = JSON.parse(process.env.PILOTHOUSE_INPUT);
console.log("hello", name, existsSync("/.dockerenv") ? "from a container" : "from no container");
`;

const MORE = `limits: { cpus: 0.5, memory: 128MiB, pids: 64 }
inputs:
  type: object
  properties: { name: { type: string, title: Name, default: world } }
`;

test.describe.configure({ mode: "default" });
test("an agent without a container of its own is started in one, with its limits, and its log is kept @web", async ({
  app,
}) => {
  await addAgent(app.program, { name: "traveller", script: SCRIPT, more: MORE });
  await app.open("/agents/traveller");
  await new AgentPage(app.page).start.click();
  const dialog = new StartDialog(app.page, "traveller");
  await dialog.choose("Where", "docker");
  const plan = dialog.dialog.getByRole("region", { name: "How it runs in the container" });
  await expect(plan).toContainText("This Dockerfile, made from its requirements, is built as");
  await expect(plan.getByRole("log", { name: "Dockerfile" })).toContainText(`FROM ${NODE_BASE}`);
  await expect(plan.getByRole("log", { name: "Dockerfile" })).toContainText("COPY . /agent/");
  await dialog.field("Name").fill("sailor");
  await dialog.submit.click();

  const run = new RunPage(app.page);
  await run.is("Succeeded");
  await run.log.isComplete();
  await expect(run.log.lines).toContainText("hello sailor from a container");
  const details = await run.openTab("Details");
  await expect(details.getByRole("listitem").filter({ hasText: "In force" })).toHaveText([
    /CPU: 0\.5/,
    /Memory: 128\sMiB/,
    /Processes: 64/,
  ]);
});

test("a yes to root in a container is given at the start and taken back in the agent's settings @web", async ({
  app,
}) => {
  const folder = await app.program.writeAgent(
    "mighty",
    `apiVersion: pilothouse/v1
name: mighty
kind: Agent
class: computational
runtimes:
  container: { image: "${BUSYBOX_IMAGE}", command: [sh, -c, "echo user $(id -u)"], user: root }
`,
    {},
  );
  await app.program.json(["agent", "add", folder]);
  await app.open("/agents/mighty");
  const agent = new AgentPage(app.page);
  const dialog = new StartDialog(app.page, "mighty");
  const yes = dialog.dialog.getByRole("checkbox", { name: "It may run as root inside the container" });
  await agent.start.click();
  await expect(dialog.field("Where")).toHaveValue("docker");
  await yes.check();
  await dialog.submit.click();
  const run = new RunPage(app.page);
  await run.is("Succeeded");
  await run.log.isComplete();
  await expect(run.log.lines).toContainText("user 0");

  await app.open("/agents/mighty");
  const settings = await agent.openTab("Settings");
  await settings.getByRole("button", { name: "Take back: It may run as root inside the container" }).click();
  await expect(settings.getByText("Allowed in containers")).toBeHidden();
  await agent.start.click();
  await expect(yes).not.toBeChecked();

  await app.open("/audit");
  const rows = app.page.getByRole("row", { name: /Yes for containers changed.*Begun/ });
  await expect(rows).toHaveText([/Taken back: root in the container/, /Yes to: root in the container/]);
});
