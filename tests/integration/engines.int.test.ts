import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineId, EngineProgress, ShellPiece } from "#contract/engine.ts";
import { targetIdSchema } from "#contract/ids.ts";
import type { Engines } from "#main/drivers/container/index.ts";
import { BUSYBOX_IMAGE, type EngineProduct, startEngine, type TestEngine } from "../helpers/engines.ts";
import { createOwnEngines } from "../helpers/own-engines.ts";

const forever = new AbortController().signal;
/** What `docker run` of the suite's engines needs; Podman's own limits are refused where the suite may run. */
const PLAIN = ["--network=none", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"];

describe.each<EngineProduct>(["docker", "podman"])("containers of %s", (product) => {
  let engine: TestEngine;
  let engines: Engines;
  let folder: string;
  const id: EngineId = targetIdSchema.parse(product);

  beforeAll(async () => {
    engine = await startEngine(product);
    folder = await mkdtemp(join(tmpdir(), "ph-engines-"));
    engines = createOwnEngines([engine], { folder }).engines;
    await engines.discover();
    await engines.look(id);
  }, 120_000);
  afterAll(async () => {
    await engines[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }, 120_000);

  const runOutside = (name: string, ...rest: readonly string[]) =>
    engine.command("run", "-d", "--name", name, ...PLAIN, BUSYBOX_IMAGE, ...rest);
  const find = (name: string) =>
    engines.containers.list(id).containers.find((container) => container.name === name);

  it("says what the engine is", async () => {
    // What it says about itself may come after its list.
    await expect.poll(() => engines.list()[0]?.product).toBe(product);
    expect(engines.list()).toMatchObject([{ id: product, product, state: "ready", isLocal: true }]);
  });

  it("shows what happens outside", async () => {
    await runOutside("outsider", "sleep", "600");
    await expect.poll(() => find("outsider")?.state).toBe("running");
    expect(find("outsider")).toMatchObject({ runId: null, project: null });

    await engine.remove("outsider");
    await expect.poll(() => find("outsider")).toBeUndefined();
  });

  it("steers a container that others made", async () => {
    await runOutside("steered", "sleep", "600");
    const place = { engine: id, container: "steered" };
    await engines.look(id);

    await engines.containers.act(place, "pause");
    expect(find("steered")?.state).toBe("paused");
    await engines.containers.act(place, "unpause");
    expect(find("steered")?.state).toBe("running");
    await engines.containers.act(place, "kill");
    await expect.poll(() => find("steered")?.state).toBe("exited");
    expect(await engines.containers.inspect(place)).toMatchObject({
      container: { exitCode: 137 },
      hasTty: false,
    });
    await engines.containers.act(place, "start");
    expect(find("steered")?.state).toBe("running");
    await engines.containers.rename(place, "steered-2");
    expect(find("steered-2")?.state).toBe("running");

    const renamed = { engine: id, container: "steered-2" };
    const refusal = engines.containers.remove({ ...renamed, isForced: false, withVolumes: false });
    await expect(refusal).rejects.toMatchObject({ code: "engine.refused" });
    await engines.containers.remove({ ...renamed, isForced: true, withVolumes: false });
    expect(find("steered-2")).toBeUndefined();
    await expect(engines.containers.inspect(renamed)).rejects.toMatchObject({
      code: "engine.no_such_object",
    });
  });

  it("tells since when a container runs, how it ended, and how often its engine started it again", async () => {
    await runOutside("counted", "sh", "-c", "exit 9");
    await expect.poll(() => find("counted")).toMatchObject({ exitCode: 9, restartCount: 0 });
    expect(find("counted")?.startedAtMs).toBeGreaterThan(Date.now() - 60_000);
    await engine.remove("counted");

    const flags = [...PLAIN, "--restart", "on-failure:2"];
    await engine.command("run", "-d", "--name", "again", ...flags, BUSYBOX_IMAGE, "sh", "-c", "exit 8");

    await expect.poll(() => find("again")).toMatchObject({ state: "exited", exitCode: 8, restartCount: 2 });
    await engine.remove("again");
  });

  it("reads a log from its beginning and goes on with what is said now", async () => {
    await runOutside("talker", "sh", "-c", "echo out; echo err >&2; sleep 1; echo later; sleep 600");
    const text = { stdout: "", stderr: "" };
    const request = { engine: id, container: "talker", isFollowing: true };

    for await (const { base64, stream } of engines.containers.logs(request, forever)) {
      text[stream] += Buffer.from(base64, "base64").toString();
      if (text.stdout.includes("later")) break;
    }

    expect(text).toEqual({ stdout: "out\nlater\n", stderr: "err\n" });
    await engine.remove("talker");
  });

  it("follows a log to what stands behind its last line feed, each time", async () => {
    // Docker itself misses that in some of them.
    for (const name of Array.from({ length: 8 }, (_, index) => `unfinished-${index}`)) {
      const script =
        "echo begun; while [ ! -e /tmp/go ]; do usleep 20000; done; echo done; printf 'no line feed'";
      await runOutside(name, "sh", "-c", script);
      let text = "";
      const request = { engine: id, container: name, isFollowing: true };
      for await (const { base64 } of engines.containers.logs(request, forever)) {
        if (text === "") await engine.command("exec", name, "touch", "/tmp/go");
        text += Buffer.from(base64, "base64").toString();
      }
      expect(text).toBe("begun\ndone\nno line feed");
      await engine.remove(name);
    }
  });

  it("opens a shell that is typed into, resized and left", async () => {
    await runOutside("shelled", "sleep", "600");
    const shell = await engines.shells.open({
      engine: id,
      container: "shelled",
      command: ["sh"],
      hasTty: true,
      columns: 101,
      rows: 31,
    });
    const said: ShellPiece[] = [];
    const reading = (async () => {
      for await (const piece of engines.shells.output(shell, forever)) said.push(piece);
    })();
    const text = () =>
      said
        .map((piece) => (piece.kind === "output" ? Buffer.from(piece.base64, "base64").toString() : ""))
        .join("");

    await engines.shells.write(shell, Buffer.from("stty size\n"));
    await expect.poll(text).toContain("31 101");
    await engines.shells.resize(shell, { columns: 55, rows: 22 });
    await engines.shells.write(shell, Buffer.from("stty size\n"));
    await expect.poll(text).toContain("22 55");
    await engines.shells.write(shell, Buffer.from("exit 7\n"));
    await reading;

    expect(said.at(-1)).toEqual({ kind: "end", exitCode: 7 });
    await expect(engines.shells.write(shell, Buffer.from("x"))).rejects.toMatchObject({
      code: "engine.shell_closed",
    });
    await engine.remove("shelled");
  });

  it("brings a file out of a container", async () => {
    await runOutside("source", "sh", "-c", "echo treasure > /tmp/file; sleep 600");
    const place = { engine: id, container: "source" };
    await expect.poll(() => engine.command("exec", "source", "cat", "/tmp/file")).toBe("treasure");
    const pieces: Buffer[] = [];
    for await (const piece of engines.containers.download(place, "/tmp/file", forever)) {
      pieces.push(Buffer.from(piece, "base64"));
    }

    // One header of 512 bytes that begins with the name, then the content.
    const archive = Buffer.concat(pieces);
    expect(archive.subarray(0, 4).toString()).toBe("file");
    expect(archive.subarray(512, 521).toString()).toBe("treasure\n");
    await engine.remove("source");
  });

  it("measures the load of a container that computes", async () => {
    await runOutside("busy", "sh", "-c", "while :; do :; done");
    await engines.look(id);
    const watch = new AbortController();
    let cpuCores = 0;
    for await (const load of engines.containers.load(id, ["busy"], watch.signal)) {
      cpuCores = load.cpuCores;
      expect(load.processCount).toBeGreaterThan(0);
      break;
    }
    watch.abort();

    expect(cpuCores).toBeGreaterThan(0);
    await engine.remove("busy");
  });

  it("builds an image from a folder, line by line, without what .dockerignore names", async () => {
    const context = join(folder, "context");
    await mkdir(context);
    await writeFile(join(context, "Dockerfile"), `FROM ${BUSYBOX_IMAGE}\nCOPY . /srv/\nCMD ["ls", "/srv"]\n`);
    await writeFile(join(context, ".dockerignore"), "secret.txt\n");
    await writeFile(join(context, "secret.txt"), "secret");
    await writeFile(join(context, "kept.txt"), "kept");
    const steps: EngineProgress[] = [];
    const name = "localhost/ph-built:1";
    const request = { engine: id, folder: context, dockerfile: "Dockerfile", name };
    for await (const step of engines.images.build(request, forever)) steps.push(step);

    expect(steps.map(({ text }) => text).join("")).toMatch(/COPY \. \/srv/);
    const listing = await engine.command("run", "--rm", ...PLAIN, name);
    expect(listing).toContain("kept.txt");
    expect(listing).not.toContain("secret.txt");
    expect((await engines.images.list(id)).flatMap(({ names }) => names)).toContain(name);
    await engines.images.remove(id, name, false);
    expect((await engines.images.list(id)).flatMap(({ names }) => names)).not.toContain(name);
  });

  it("says which step of a build failed", async () => {
    const context = join(folder, "broken");
    await mkdir(context);
    await writeFile(join(context, "Dockerfile"), `FROM ${BUSYBOX_IMAGE}\nCOPY missing.txt /srv/\n`);
    const request = { engine: id, folder: context, dockerfile: "Dockerfile", name: "localhost/ph-broken:1" };
    const steps = engines.images.build(request, forever);

    await expect(Array.fromAsync(steps)).rejects.toMatchObject({
      code: "engine.refused",
      message: expect.stringContaining("missing.txt"),
    });
  });

  it("prunes exactly what its preview shows", async () => {
    await runOutside("ended", "true");
    await runOutside("alive", "sleep", "600");
    await engine.command("volume", "create", "free-volume");
    await expect.poll(() => engines.look(id).then(() => find("ended")?.state)).toBe("exited");
    const preview = await engines.images.prunePreview({ engine: id, withVolumes: true });

    expect(preview.containers).toEqual(["ended"]);
    expect(preview.volumes).toEqual(["free-volume"]);
    expect((await engines.images.prunePreview({ engine: id, withVolumes: false })).volumes).toEqual([]);
    expect(await engines.images.prune({ engine: id, withVolumes: true })).toEqual(preview);
    expect(find("ended")).toBeUndefined();
    expect(find("alive")?.state).toBe("running");
    await engine.remove("alive");
  });

  it("shows what uses an image, a volume and a network", async () => {
    await engine.command("volume", "create", "used-volume");
    await runOutside("user", "sleep", "600");
    await engine.command(
      "run",
      "-d",
      "--name",
      "holder",
      ...PLAIN,
      "-v",
      "used-volume:/data",
      BUSYBOX_IMAGE,
      "sleep",
      "600",
    );

    const image = (await engines.images.list(id)).find(({ names }) => names.includes(BUSYBOX_IMAGE));
    expect([...(image?.usedBy ?? [])].sort()).toEqual(["holder", "user"]);
    const volume = (await engines.images.volumes(id)).find(({ name }) => name === "used-volume");
    expect(volume?.usedBy).toEqual(["holder"]);
    expect((await engines.images.networks(id)).length).toBeGreaterThan(0);
    await engine.remove("user", "holder");
  });

  it("shows a compose project by its labels and says what it lacks to be steered", async () => {
    const label = (name: string, value: string) => ["--label", `com.docker.compose.${name}=${value}`];
    const labels = [...label("project", "shop"), ...label("service", "web")];
    await engine.command(
      "run",
      "-d",
      "--name",
      "shop-web-1",
      ...PLAIN,
      ...labels,
      BUSYBOX_IMAGE,
      "sleep",
      "600",
    );
    await engines.look(id);

    expect(await engines.groups.list(id)).toMatchObject([
      { project: "shop", runningCount: 1, isSteerable: false, problem: expect.any(String) },
    ]);
    const act = engines.groups.act({ engine: id, project: "shop", action: "stop" }, forever);
    await expect(Array.fromAsync(act)).rejects.toMatchObject({ code: "engine.no_compose" });
    await engine.remove("shop-web-1");
  });
});
