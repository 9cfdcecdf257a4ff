import { expect, it } from "vitest";
import { makeContainerDriver } from "../contract/driver-container-target.ts";
import { forever, hear, hearUntil, started, textOf } from "../contract/driver-under-test.ts";
import { startEngineProxy } from "../helpers/engine-proxy.ts";
import { containerOf, describeEngineFaults } from "./engine-faults.ts";

/** Stands before each piece on the stream of an engine: which of its two streams, how many bytes. */
function headOfErrors(sizeBytes: number): Buffer {
  const head = Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(sizeBytes, 4);
  return head;
}

describeEngineFaults("podman", (getEngine) => {
  it("looks again at a container that the engine does not show while it ends", async () => {
    await using proxy = await startEngineProxy(getEngine().socket);
    await using subject = await makeContainerDriver(getEngine(), { socket: proxy.socket });
    const spec = subject.specOfCommand(["echo", "done"]);
    await subject.driver.prepare(spec, () => undefined, forever);
    const starting = proxy.holdAnswerTo(/^POST \S*\/start/);
    const start = subject.driver.start(spec, forever);
    await starting.answered;
    proxy.refuse(/^GET \S*\/json/, "read /proc/4711/cgroup: no such process");
    starting.letGo();

    const { chunks, exit } = await hear(await start);

    expect(proxy.lost).toBe(1);
    expect(textOf(chunks)).toBe("done\n");
    expect(exit.exitCode).toBe(0);
  });

  it("takes no error of the engine's own for output of the container", async () => {
    await using proxy = await startEngineProxy(getEngine().socket);
    await using subject = await makeContainerDriver(getEngine(), { socket: proxy.socket });
    const spec = subject.specOfCommand(["sh", "-c", "echo out; echo err >&2"]);
    await subject.driver.prepare(spec, () => undefined, forever);
    const said = Buffer.from("Error: read unixpacket @->/x/attach: read: connection reset by peer\n");
    proxy.endAnswerTo(/^POST \S*\/attach/, Buffer.concat([headOfErrors(said.length), said]));

    const { chunks, exit } = await hear(await subject.driver.start(spec, forever));

    expect(proxy.lost).toBe(1);
    // One line of each stream, in whichever order the engine took them.
    expect(textOf(chunks).trimEnd().split("\n").sort()).toEqual(["err", "out"]);
    expect(exit.exitCode).toBe(0);
  });

  // Only Podman is read and then attached to.
  it.each([
    { how: "by itself", end: "exit 7", exit: { exitCode: 7, signal: null, cause: "ended" } },
    {
      how: "by a signal",
      end: "kill -9 $$",
      exit: { exitCode: null, signal: "SIGKILL", cause: "ended" },
    },
  ])(
    "tells output and end of a container that ends $how in the moment it is attached to again",
    async (as) => {
      await using proxy = await startEngineProxy(getEngine().socket);
      await using subject = await makeContainerDriver(getEngine(), { socket: proxy.socket });
      const script = `trap '${as.end}' TERM; echo ready; while :; do usleep 20000; done`;
      const spec = subject.specOfCommand(["sh", "-c", script]);
      const handle = await started(subject.driver, spec);
      await hearUntil(handle, "ready\n");
      await handle.detach();
      const log = proxy.holdAnswerTo(/^GET \S*\/logs\?/);
      const asked = { runId: spec.runId, ref: handle.ref, afterCursor: null };
      const adopted = await subject.driver.adopt(asked, forever);
      if (adopted === null) throw new Error("the run was not found again");
      await log.answered;
      const look = proxy.holdAnswerTo(/^GET \S*\/json/);
      log.letGo();
      await look.answered;
      await getEngine().command("kill", "-s", "TERM", containerOf(handle));
      await getEngine().command("wait", containerOf(handle));
      const endedAt = await getEngine().command(
        "inspect",
        "-f",
        "{{.State.FinishedAt.UnixMilli}}",
        containerOf(handle),
      );
      look.letGo();

      const { chunks, exit } = await hear(adopted);

      // What the engine says now is not how it ended: the moment was met.
      expect(await getEngine().command("inspect", "-f", "{{.State.Status}}", containerOf(handle))).toBe(
        "initialized",
      );
      expect(textOf(chunks)).toBe("ready\n");
      expect(exit).toEqual({ ...as.exit, atMs: Number(endedAt) });
    },
  );
});
