import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent, nodeManifest, SUCCEEDING_SCRIPT, WAITING_SCRIPT } from "#tests/helpers/e2e-agents.ts";
import { AddDialog, AgentPage, StartDialog } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

const BROKEN = nodeManifest("lighthouse").replace("class: computational", "class: computationl");

const SCHEMA = `
inputs:
  type: object
  additionalProperties: false
  required: [harbour]
  properties:
    harbour: { type: string, title: Harbour, minLength: 3 }
    boats: { type: integer, title: Boats, minimum: 1, maximum: 9, default: 4 }
    wind: { type: string, title: Wind, enum: [calm, storm], default: calm }
    isNight: { type: boolean, title: At night, default: false }
    names: { type: array, title: Names, items: { type: string } }
`;
const ECHO = `console.log("input " + process.env.PILOTHOUSE_INPUT);`;

test.describe("an agent", () => {
  test("is started once by a double click", async ({ app }) => {
    await addAgent(app.program, { name: "patient", script: WAITING_SCRIPT });
    await app.open("/agents");
    await app.page.getByRole("button", { name: "Start patient" }).dblclick();
    await expect(app.page.getByRole("row", { name: /patient/ })).toContainText("Running");

    await app.open("/agents/patient");
    await app.page.getByRole("button", { name: "Start", exact: true }).dblclick();
    await new RunPage(app.page).is("Running");

    expect(await app.program.json(["runs"])).toHaveLength(2);
  });

  test("is added by the path of its folder, checked while it is typed", async ({ app }) => {
    const folder = await app.program.writeAgent("lighthouse", nodeManifest("lighthouse"), {
      "main.mjs": SUCCEEDING_SCRIPT,
    });
    await app.open("/agents");
    await app.page.getByRole("button", { name: "Add agent" }).click();
    const add = new AddDialog(app.page);
    await add.folder.fill(dirname(folder));
    await expect(add.dialog.getByRole("alert")).toContainText("agent.yaml");
    await expect(add.submit).toBeDisabled();

    await add.folder.fill(folder);
    await expect(add.dialog).toContainText("“lighthouse” can be added");
    await add.folder.press("Enter");

    await new AgentPage(app.page).isOf("lighthouse");
    await expect(app.page).toHaveURL(/\/agents\/lighthouse$/);
  });

  test("is added by walking through the folders", { tag: "@both" }, async ({ app }) => {
    const folder = await app.program.writeAgent("lighthouse", nodeManifest("lighthouse"));
    await app.open("/agents?add=folder");
    const add = new AddDialog(app.page);
    await add.folder.fill(app.program.folder);
    await add.folders.getByRole("button", { name: "agents", exact: true }).click();
    await add.folders.getByRole("button", { name: /lighthouse.*holds agent.yaml/ }).click();
    await expect(add.folder).toHaveValue(folder);
    await add.folders.getByRole("button", { name: `Up to ${dirname(folder)}`, exact: true }).click();
    await expect(add.folder).toHaveValue(dirname(folder));
    await add.folders.getByRole("button", { name: /lighthouse/ }).click();
    await add.submit.click();
    await new AgentPage(app.page).isOf("lighthouse");
  });

  test("with a broken manifest is refused with line and key, and taken once the file is mended", async ({
    app,
  }) => {
    const folder = await app.program.writeAgent("lighthouse", BROKEN);
    await app.open("/agents?add=folder");
    const add = new AddDialog(app.page);
    await add.folder.fill(folder);

    await expect(add.dialog).toContainText("1 problem in agent.yaml");
    await expect(add.dialog).toContainText("class line 5, column 8");
    await expect(add.dialog).toContainText("Expected: computational");
    await expect(add.submit).toBeDisabled();

    await writeFile(join(folder, "agent.yaml"), nodeManifest("lighthouse"));
    await add.folder.fill(`${folder}/`);
    await expect(add.dialog).toContainText("“lighthouse” can be added");
  });

  test("whose manifest breaks later shows where, cannot be started, and mends itself when it is saved", async ({
    app,
  }) => {
    const folder = await addAgent(app.program, { name: "lighthouse", script: SUCCEEDING_SCRIPT });
    await app.open("/agents/lighthouse");
    const agent = new AgentPage(app.page);
    await expect(agent.start).toBeEnabled();

    await writeFile(join(folder, "agent.yaml"), BROKEN);
    await expect(agent.main).toContainText("agent.yaml has 1 problem");
    await expect(agent.main).toContainText("class line 5, column 8");
    await expect(agent.start).toBeDisabled();
    await agent.main.getByRole("link", { name: "Show the manifest" }).click();
    await expect(agent.main.getByRole("region", { name: "Text of agent.yaml" })).toContainText(
      "class: computationl",
    );
    await app.open("/bridge");
    await expect(app.page.getByRole("main")).toContainText("Its agent.yaml has 1 problem");
    await app.page.getByRole("button", { name: "Show the problems" }).click();

    await writeFile(join(folder, "agent.yaml"), nodeManifest("lighthouse"));
    await expect(agent.start).toBeEnabled();
    await expect(agent.main).not.toContainText("problem");
  });

  test("whose folder goes away says so, and comes back with it", async ({ app }) => {
    const folder = await addAgent(app.program, { name: "lighthouse", script: SUCCEEDING_SCRIPT });
    await app.open("/agents/lighthouse");
    const agent = new AgentPage(app.page);
    await rm(folder, { recursive: true });
    await expect(agent.main).toContainText("The agent's folder is gone");
    await expect(agent.start).toBeDisabled();

    await mkdir(folder);
    await writeFile(join(folder, "main.mjs"), SUCCEEDING_SCRIPT);
    await writeFile(join(folder, "agent.yaml"), nodeManifest("lighthouse"));
    await expect(agent.start).toBeEnabled();
  });

  test("has a page with its facts, its runs, its manifest and its settings, each with an address", {
    tag: "@both",
  }, async ({ app }) => {
    const more = "limits: { memory: 64MiB, timeout: 15m }\nstop: { grace: 3s }";
    const folder = await addAgent(app.program, { name: "lighthouse", script: SUCCEEDING_SCRIPT, more });
    await app.open("/agents/lighthouse");
    const agent = new AgentPage(app.page);
    await expect(agent.main).toContainText("This agent never ran");
    await expect(agent.main).toContainText(folder);
    await expect(agent.main).toContainText("64 MiB of memory");
    await expect(agent.main).toContainText("asks it to end, kills it after 3 s");

    await agent.start.click();
    await new RunPage(app.page).is("Succeeded");
    await app.page.goBack();
    const runs = await agent.openTab("Runs");
    await expect(app.page).toHaveURL(/tab=runs/);
    await expect(runs.getByRole("grid", { name: "Runs of lighthouse" })).toContainText("Succeeded");
    const manifest = await agent.openTab("Manifest");
    await expect(manifest).toContainText("limits: { memory: 64MiB, timeout: 15m }");
    const settings = await agent.openTab("Settings");
    const autostart = settings.getByRole("switch", { name: "Start together with Pilothouse" });
    await autostart.click();
    await expect(autostart).toBeChecked();
    await app.page.reload();
    await expect(autostart).toBeChecked();
    await app.page.goBack();
    await expect(app.page).toHaveURL(/tab=manifest/);
  });

  test("is removed after a question, and its runs stay", async ({ app }) => {
    await addAgent(app.program, { name: "lighthouse", script: SUCCEEDING_SCRIPT });
    await app.program.run(["run", "lighthouse", "--wait"]);
    await app.open("/agents/lighthouse?tab=settings");
    const remove = app.page.getByRole("main").getByRole("button", { name: "Remove" });
    const question = app.page.getByRole("dialog", { name: "Remove “lighthouse”?" });
    await remove.click();
    await question.getByRole("button", { name: "Cancel" }).click();
    await expect(question).toBeHidden();
    await remove.click();
    await question.getByRole("button", { name: "Remove" }).click();

    await expect(app.page.getByRole("heading", { name: "No agents yet" })).toBeVisible();
    await app.open("/runs");
    await expect(app.page.getByRole("grid", { name: "Runs" })).toContainText("lighthouse");
  });

  test("is found in the list by its name, in the address as well", async ({ app }) => {
    for (const name of ["lighthouse", "foghorn"])
      await addAgent(app.program, { name, script: SUCCEEDING_SCRIPT });
    await app.open("/agents");
    const list = app.page.getByRole("grid", { name: "Agents" });
    await expect(list.getByRole("row")).toHaveCount(3);
    await app.page.getByRole("textbox", { name: "Filter by name or description" }).fill("fog");
    await expect(list.getByRole("row")).toHaveCount(2);
    await expect(app.page).toHaveURL(/search=fog/);
    await app.page.reload();
    await expect(list.getByRole("row", { name: /foghorn/ })).toBeVisible();
    await expect(list.getByRole("row", { name: /lighthouse/ })).toBeHidden();
  });
});

test.describe("the start dialog", () => {
  test("asks for what the schema says, with its defaults, and complains at the field", async ({ app }) => {
    await addAgent(app.program, { name: "lighthouse", script: ECHO, more: SCHEMA });
    await app.open("/agents/lighthouse");
    await new AgentPage(app.page).start.click();
    const start = new StartDialog(app.page, "lighthouse");
    await expect(start.field("Boats")).toHaveValue("4");
    await expect(start.dialog.getByRole("switch", { name: "At night" })).not.toBeChecked();

    await start.submit.click();
    await expect(start.field("Harbour")).toHaveAccessibleDescription(/This is needed/);
    await expect(start.field("Harbour")).toHaveAttribute("aria-invalid", "true");
    await start.field("Harbour").fill("ab");
    await expect(start.field("Harbour")).toHaveAccessibleDescription(/At least 3 characters/);
    await start.field("Boats").fill("ten");
    await expect(start.field("Boats")).toHaveAccessibleDescription(/not a number/);
    await start.field("Boats").fill("10");
    await expect(start.field("Boats")).toHaveAccessibleDescription(/At most 9/);
    await start.field("Boats").fill("1.5");
    await expect(start.field("Boats")).toHaveAccessibleDescription(/Whole numbers only/);
    await start.submit.click();
    await expect(start.dialog).toBeVisible();

    await start.field("Harbour").fill("Port");
    await start.field("Boats").fill("7");
    await start.choose("Wind", "storm");
    await start.dialog.getByRole("switch", { name: "At night" }).click();
    await start.field("Names").fill("Ann");
    await start.field("Names").press("Enter");
    await start.submit.click();

    const run = new RunPage(app.page);
    await run.is("Succeeded");
    await expect(run.log.lines).toContainText("input ");
    const details = await run.openTab("Details");
    for (const part of ["Port", "7", "storm", "true", "Ann"]) await expect(details).toContainText(part);
    const [stored] = (await app.program.json(["runs", "--limit", "1"])) as readonly { id: string }[];
    expect(stored?.id).toBe(run.id);
    const { stdout } = await app.program.run(["logs", run.id, "--raw"]);
    expect(JSON.parse(stdout.slice("input ".length))).toEqual({
      harbour: "Port",
      boats: 7,
      wind: "storm",
      isNight: true,
      names: ["Ann"],
    });
  });

  test("remembers the last input, and what was typed while one looked elsewhere", async ({ app }) => {
    await addAgent(app.program, { name: "lighthouse", script: ECHO, more: SCHEMA });
    await app.program.run(["run", "lighthouse", "--input", '{"harbour":"Old port","boats":2}', "--wait"]);
    await app.open("/agents/lighthouse");
    await new AgentPage(app.page).start.click();
    const start = new StartDialog(app.page, "lighthouse");
    await expect(start.dialog).toContainText("Filled in as in its last run.");
    await expect(start.field("Harbour")).toHaveValue("Old port");
    await expect(start.field("Boats")).toHaveValue("2");

    await start.field("Harbour").fill("New port");
    await app.page.keyboard.press("Escape");
    await expect(start.dialog).toBeHidden();
    await new AgentPage(app.page).start.click();
    await expect(start.field("Harbour")).toHaveValue("New port");
    await start.dialog.getByRole("button", { name: "Back to the defaults" }).click();
    await expect(start.field("Harbour")).toHaveValue("");
    await expect(start.field("Boats")).toHaveValue("4");
  });

  test("takes JSON as it is, and the core says what is wrong with it", async ({ app }) => {
    await addAgent(app.program, { name: "lighthouse", script: ECHO, more: SCHEMA });
    await app.open("/agents/lighthouse");
    await new AgentPage(app.page).start.click();
    const start = new StartDialog(app.page, "lighthouse");
    await start.field("Harbour").fill("Port");
    await start.useMode("JSON");
    const json = start.field("Input as JSON");
    await expect(json).toHaveValue(/"harbour": "Port"/);
    await json.fill("{ not json");
    await expect(json).toHaveAccessibleDescription(/not valid JSON/);
    await json.fill('{"harbour":"Port","boats":99}');
    await start.submit.click();
    await expect(start.dialog.getByRole("alert")).toContainText("boats");
    await json.fill('{"harbour":"Port","boats":9}');
    await start.submit.click();
    await new RunPage(app.page).is("Succeeded");
  });
});
