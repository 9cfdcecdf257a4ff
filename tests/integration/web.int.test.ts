import { once } from "node:events";
import { readdir, readFile, stat } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createTRPCClient, createWSClient, type TRPCClient, TRPCClientError, wsLink } from "@trpc/client";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Target } from "#contract/target.ts";
import type { Credentials } from "#main/entries/web/index.ts";
import type { AppRouter } from "#main/rpc/index.ts";
import { exchangeLink, proofOf } from "#tests/helpers/page-session.ts";
import { createProgram } from "#tests/helpers/program.ts";

interface Page extends AsyncDisposable {
  readonly client: TRPCClient<AppRouter>;
}

/** A page that connects again for as long as it is open, with what it got when it signed in. */
function openPage(url: string, credentials: Credentials): Page {
  const { host, origin } = new URL(url);
  class PageSocket extends WebSocket {
    constructor(address: string | URL) {
      super(address, { origin });
    }
  }
  const socket = createWSClient({
    url: `ws://${host}/trpc`,
    WebSocket: PageSocket as unknown as typeof globalThis.WebSocket,
    connectionParams: async () => ({ ...(await proofOf(credentials, origin)) }),
    retryDelayMs: () => 20,
  });
  return {
    client: createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] }),
    [Symbol.asyncDispose]: () => socket.close(),
  };
}

describe("the page that serve opens", () => {
  test("its files come with their types, and hashed ones may be kept for ever", async () => {
    await using program = await createProgram();
    await using served = await program.serve();

    const page = await fetch(served.url);
    const html = await page.text();
    const script = await fetch(new URL(/src="([^"]+\.js)"/.exec(html)?.[1] ?? "", served.url));
    const deep = await fetch(`${served.url}runs/0k3fabcd`);
    const absent = await fetch(`${served.url}assets/absent.js`);
    const head = await fetch(served.url, { method: "HEAD" });

    expect([page.headers.get("content-type"), page.headers.get("cache-control")]).toEqual([
      "text/html; charset=utf-8",
      "no-cache",
    ]);
    expect([script.headers.get("content-type"), script.headers.get("cache-control")]).toEqual([
      "text/javascript; charset=utf-8",
      "public, max-age=31536000, immutable",
    ]);
    expect(await deep.text()).toBe(html);
    expect([absent.status, head.status, await head.text()]).toEqual([404, 200, ""]);
    // Everything that could run in the page is a file of ours.
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/<style|\son[a-z]+=/);
  });

  test("a signed-in page sees what a command does, and is told through which entry", async () => {
    await using program = await createProgram();
    await using served = await program.serve();
    await using page = openPage(served.url, await exchangeLink(served.signIn));
    const { client } = page;

    const info = await client.system.info.query();
    const settings = await client.system.changeSettings.mutate({ density: "comfortable" });
    const targets = (await program.json(["target", "list"])) as { id: string }[];

    expect(info).toMatchObject({ dataFolder: program.data, capabilities: { entry: "web" } });
    expect(settings.density).toBe("comfortable");
    expect((await client.targets.list.query()).map(({ id }) => id)).toEqual(targets.map(({ id }) => id));
  });

  test("what this computer has is known soon after the start, without anybody asking for it", async () => {
    await using program = await createProgram();
    await using served = await program.serve();
    await using page = openPage(served.url, await exchangeLink(served.signIn));
    const { promise: looked, resolve } = Promise.withResolvers<Target>();

    const subscription = page.client.system.events.subscribe(
      {},
      {
        onData: ({ data }) => {
          for (const event of data.kind === "events" ? data.events : []) {
            if (event.type === "target.changed") resolve(event.target);
          }
        },
      },
    );
    const [listed] = await page.client.targets.list.query();
    const { probe } = listed?.probe === null ? await looked : { probe: listed?.probe };
    subscription.unsubscribe();

    expect(probe?.facts.map(({ key }) => key)).toContain("python");
  });

  test("a page that is left open finds a core that was killed and started again, without signing in", async () => {
    await using program = await createProgram();
    const first = await program.serve();
    await using page = openPage(first.url, await exchangeLink(first.signIn));
    await page.client.system.changeSettings.mutate({ density: "comfortable" });
    const before = await page.client.system.info.query();

    first.command.kill("SIGKILL");
    await first.command.result;
    await using second = await program.serve();
    const after = await firstAnswer(() => page.client.system.info.query());

    expect(second.url).toBe(first.url);
    expect([after.pid, before.pid]).toEqual([second.command.pid, first.command.pid]);
    expect((await page.client.system.settings.query()).density).toBe("comfortable");
  });

  test("on another port the session is good for nothing, and the page is told to sign in again", async () => {
    await using program = await createProgram();
    const first = await program.serve();
    const credentials = await exchangeLink(first.signIn);
    first.command.kill("SIGKILL");
    await first.command.result;
    // Somebody else was faster.
    const squatter = createServer().listen(Number(new URL(first.url).port), "127.0.0.1");
    await once(squatter, "listening");
    await using second = await program.serve();
    squatter.close();

    const data = await proofOf(credentials, new URL(second.url).origin);
    const socket = new WebSocket(`${second.url.replace("http", "ws")}trpc?connectionParams=1`, {
      origin: new URL(second.url).origin,
    });
    const messages: string[] = [];
    socket.on("open", () => socket.send(JSON.stringify({ method: "connectionParams", data })));
    socket.on("message", (message) => messages.push(String(message)));
    const code = await new Promise<number>((resolve) => socket.once("close", resolve));

    expect(second.url).not.toBe(first.url);
    expect(code).toBe(4401);
    expect(JSON.parse(messages[0] ?? "")).toMatchObject({
      error: { data: { app: { code: "web.session_unknown" } } },
    });
  });

  test("a port that is named is taken, and remembered for the next start without one", async () => {
    await using program = await createProgram();
    const first = await program.serve();
    first.command.kill("SIGTERM");
    await first.command.result;
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));

    const second = await program.serve(["--port", String(port)]);
    second.command.kill("SIGTERM");
    await second.command.result;
    await using third = await program.serve();

    expect([new URL(second.url).port, new URL(third.url).port]).toEqual([String(port), String(port)]);
  });

  test("the key of a session stands in one file of its owner, and a link nowhere", async () => {
    await using program = await createProgram();
    const served = await program.serve();
    const { key, session } = await exchangeLink(served.signIn);
    await using page = openPage(served.url, { key, session });
    await page.client.system.info.query();

    served.command.kill("SIGTERM");
    const { stderr } = await served.command.result;
    const found = await filesWith(program.data, [session, key]);

    expect(stderr).not.toContain(session);
    expect(stderr).not.toContain(key);
    expect(found).toEqual([join(program.data, "web.json")]);
    expect((await stat(found[0] ?? "")).mode & 0o777).toBe(0o600);
    expect(await filesWith(program.data, [served.signIn.split("#signin=")[1] ?? ""])).toEqual([]);
  });
});

/** Asks again while the connection is being made anew. */
async function firstAnswer<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isLost = error instanceof TRPCClientError && error.data === undefined;
      if (!isLost) throw error;
      await setImmediate();
    }
  }
}

async function filesWith(folder: string, secrets: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    if (secrets.some((secret) => bytes.includes(secret))) found.push(file);
  }
  return found;
}
