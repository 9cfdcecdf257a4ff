import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect, runPatient } from "#tests/helpers/e2e-engine.ts";
import { packBusybox } from "#tests/helpers/engine-images.ts";
import { BUSYBOX_IMAGE, startEngine } from "#tests/helpers/engines.ts";
import { type SmallRegistry, startSmallRegistry } from "#tests/helpers/small-registry.ts";

const test = base.extend<object, { readonly registry: SmallRegistry }>({
  registry: [
    async ({ browserName: _browser }, use) => {
      const folder = await mkdtemp(join(tmpdir(), "ph-e2e-registry-"));
      {
        await using registry = await startSmallRegistry(await packBusybox(folder));
        await use(registry);
      }
      await rm(folder, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 60_000 },
  ],
  engine: [
    async ({ registry }, use) => {
      await using engine = await startEngine("docker", { plainRegistry: registry.host });
      await use(engine);
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

test.describe.configure({ mode: "default" });
test.describe("images, volumes and networks @web", () => {
  test("are pulled with the progress of each layer, used, and removed after a question", async ({
    app,
    engine,
    registry,
  }) => {
    await app.open("/engines/docker?tab=images");
    const images = app.page.getByRole("grid", { name: "Images" });
    await expect(images.getByRole("row", { name: /busybox/ })).toContainText(/MiB.*Nothing/);

    await app.page.getByRole("button", { name: "Pull…" }).click();
    const letGo = registry.holdLastLayer();
    await app.page.getByRole("textbox", { name: "Image" }).fill(registry.image);
    await app.page.keyboard.press("Enter");
    const job = app.page.getByRole("dialog", { name: `Pulling ${registry.image}` });
    await expect(job.getByRole("list", { name: "Layers" }).getByRole("listitem")).toHaveCount(2);
    await expect(job).toContainText(/MiB \/ .*MiB/);
    letGo();
    await expect(job.getByRole("status")).toHaveText("Done.");
    await job.getByRole("button", { name: "Close" }).last().click();

    await engine.command("run", "-d", "--name", "user", "--network=none", registry.image, "sleep", "600");
    const row = images.getByRole("row", { name: /small/ });
    await expect(row).toContainText("user");
    await expect(row.getByRole("button")).toBeDisabled();
    await engine.remove("user");
    await expect(row).toContainText("Nothing");
    await row.getByRole("button").click();
    await app.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await expect(row).toHaveCount(0);

    await app.page.getByRole("button", { name: "Pull…" }).click();
    await app.page.getByRole("textbox", { name: "Image" }).fill(`${registry.host}/none:1`);
    await app.page.keyboard.press("Enter");
    await expect(app.page.getByRole("dialog").getByRole("alert")).toContainText("The engine");
  });

  test("are built from a folder with what the build says", async ({ app, engine }) => {
    const folder = join(app.program.folder, "image");
    await mkdir(folder);
    await writeFile(join(folder, "Dockerfile"), `FROM ${BUSYBOX_IMAGE}\nLABEL made=here\n`);
    await app.open("/engines/docker?tab=images");
    await app.page.getByRole("button", { name: "Build…" }).click();
    await app.page.getByRole("textbox", { name: "Folder", exact: true }).fill(folder);
    await app.page.getByRole("textbox", { name: "Name of the image" }).fill("made-here:1");
    await app.page.keyboard.press("Enter");
    const job = app.page.getByRole("dialog", { name: "Building made-here:1" });
    await expect(job.getByRole("log", { name: "Output" })).toContainText("LABEL made=here");
    await expect(job.getByRole("status")).toHaveText("Done.");
    expect(await engine.command("inspect", "-f", "{{.Config.Labels.made}}", "made-here:1")).toBe("here");
  });

  test("are pruned once it was seen what goes", async ({ app, engine }) => {
    await engine.command("create", "--name", "leftover", "--network=none", BUSYBOX_IMAGE, "true");
    await engine.command("volume", "create", "forgotten");
    await runPatient(engine, "needed");
    await app.open("/engines/docker?tab=volumes");
    await expect(app.page.getByRole("row", { name: /forgotten/ })).toContainText("Nothing");
    await app.page.getByRole("tab", { name: "Networks" }).click();
    await expect(app.page.getByRole("row", { name: /host/ })).toBeVisible();
    await app.page.getByRole("tab", { name: "Images" }).click();
    await app.page.getByRole("button", { name: "Prune…" }).click();
    const question = app.page.getByRole("dialog", { name: "Remove what nothing uses?" });
    await expect(question.getByRole("region", { name: "Containers" })).toContainText("leftover");
    await expect(question).not.toContainText("needed");
    await expect(question).not.toContainText("forgotten");
    await question.getByRole("checkbox").check();
    await expect(question.getByRole("region", { name: "Volumes" })).toContainText("forgotten");
    await question.getByRole("checkbox").uncheck();
    await expect(question).not.toContainText("forgotten");
    await question.getByRole("button", { name: /^Remove \d/ }).click();
    await expect(question).toHaveCount(0);
    expect(await engine.command("ps", "-a", "--format", "{{.Names}}")).toBe("needed");
    expect(await engine.command("volume", "ls", "-q")).toBe("forgotten");
    await engine.remove("needed");
  });
});
