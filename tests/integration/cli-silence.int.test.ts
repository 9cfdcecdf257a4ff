import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { ERROR_CATALOGUE } from "#contract/errors.ts";
import { CoreLink } from "#main/entries/cli/core-link.ts";
import { DataFolder } from "#main/platform/index.ts";
import { FakeClock } from "#tests/helpers/fake-clock.ts";

const HALF_A_MINUTE_MS = 35_000;

/** A core that takes a call and then answers nothing: hung, or merely busy with it when it is `alive`. */
async function createSilentCore({ isAlive }: { readonly isAlive: boolean }) {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-silent-"));
  const place = { platform: process.platform, env: {}, home: folder, tmp: tmpdir() };
  const data = new DataFolder(folder, place);
  const sockets = new WebSocketServer({ noServer: true, autoPong: isAlive });
  const called = Promise.withResolvers<void>();
  let pings = 0;
  const server = createServer();
  server.on("upgrade", (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("message", () => called.resolve());
      webSocket.on("ping", () => {
        pings += 1;
      });
    });
  });
  server.listen(data.socket);
  await once(server, "listening");
  return {
    called: called.promise,
    data,
    pings: () => pings,
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

test("a command gives a core up that goes silent in the middle of a call, with exit code 4", async () => {
  await using core = await createSilentCore({ isAlive: false });
  const clock = new FakeClock();
  await using link = new CoreLink({ data: core.data, clock, startOwn: null });
  await link.start();

  const outcome = link.ask((client) => client.agents.list.query()).catch((error: unknown) => error);
  await core.called;
  for (let passedMs = 0; passedMs < HALF_A_MINUTE_MS; passedMs += 5_000) await clock.pass(5_000);

  expect(await outcome).toMatchObject({ code: "core.unreachable", details: { folder: core.data.folder } });
  expect(ERROR_CATALOGUE["core.unreachable"].exit).toBe(4);
});

test("a command waits for a core that is busy and says so", async () => {
  await using core = await createSilentCore({ isAlive: true });
  const clock = new FakeClock();
  await using link = new CoreLink({ data: core.data, clock, startOwn: null });
  await link.start();
  let isSettled = false;

  void link
    .ask((client) => client.agents.list.query())
    .catch(() => undefined)
    .finally(() => {
      isSettled = true;
    });
  await core.called;
  for (let round = 1; round <= 20; round += 1) {
    await clock.pass(5_000);
    await expect.poll(core.pings).toBe(round);
  }

  expect(isSettled).toBe(false);
});
