import { createHmac } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import {
  type Credentials,
  NONCE_LIFE_MS,
  SESSION_IDLE_MS,
  SessionMemory,
  type WebControls,
} from "#main/entries/web/index.ts";
import { proofOf } from "#tests/helpers/page-session.ts";
import {
  callOverSocket,
  memoryAt,
  paramsMessage,
  QUERY_MESSAGE,
  sendRaw,
  startTarget,
  type Target,
} from "./loopback-target.ts";

type Params = Readonly<Record<string, string>>;

async function isLetIn(target: Target, params: object, host?: string): Promise<boolean> {
  const called = host === undefined ? {} : { host };
  return callOverSocket(target, { messages: [paramsMessage(params), QUERY_MESSAGE], ...called });
}

function seal(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

/** Every attack on the way a page that is signed in already opens a socket, and the one control it meets. */
interface Attack {
  readonly title: string;
  readonly control: keyof WebControls;
  isLetIn(target: Target, own: Credentials, controls: Partial<WebControls>): Promise<boolean>;
}

const ATTACKS: readonly Attack[] = [
  {
    title: "a first message that was recorded and is sent again",
    control: "spendsNonces",
    async isLetIn(target, own) {
      const recorded = await proofOf(own, target.origin);
      expect(await isLetIn(target, recorded)).toBe(true);
      return isLetIn(target, recorded);
    },
  },
  {
    title: "a proof that comes after its nonce has expired",
    control: "spendsNonces",
    async isLetIn(target, own) {
      const late = await proofOf(own, target.origin);
      target.passTime(NONCE_LIFE_MS + 1);
      return isLetIn(target, late);
    },
  },
  {
    title: "a proof made for another name of this computer",
    control: "bindsHost",
    async isLetIn(target, own, { bindsHost = true }) {
      const { nonce, session } = await proofOf(own, target.origin);
      const elsewhere = `localhost:${target.port}`;
      const proof = seal(own.key, bindsHost ? `${nonce}\n${target.host}` : nonce);
      return isLetIn(target, { session, nonce, proof }, elsewhere);
    },
  },
  {
    title: "a proof for a nonce that somebody made up",
    control: "sealsNonces",
    async isLetIn(target, own) {
      const nonce = "made-up.99999999999999.bm8gc2VhbA";
      const proof = seal(own.key, `${nonce}\n${target.host}`);
      return isLetIn(target, { session: own.session, nonce, proof });
    },
  },
];

describe("proofs", () => {
  test.each(ATTACKS)("$title is refused", async (attack) => {
    await using target = await startTarget();

    expect(await attack.isLetIn(target, await target.signIn(), {})).toBe(false);
  });

  test.each(ATTACKS)("without $control $title gets through", async (attack) => {
    const controls = { [attack.control]: false };
    await using target = await startTarget({ controls });

    expect(await attack.isLetIn(target, await target.signIn(), controls)).toBe(true);
  });

  test("a refused proof does not use its nonce up", async () => {
    await using target = await startTarget();
    const right = await proofOf(await target.signIn(), target.origin);

    expect(await isLetIn(target, { ...right, proof: "00" })).toBe(false);
    expect(await isLetIn(target, right)).toBe(true);
  });

  test("a flood of challenges pushes out no nonce that is waiting to be used", async () => {
    await using target = await startTarget();
    const own = await target.signIn();
    const waiting = await proofOf(own, target.origin);

    const flood = Array.from({ length: 100 }, () => `POST /challenge HTTP/1.1\r\n${ours(target)}\r\n\r\n`);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => sendRaw(target.port, `${flood.join("")}${LAST(target)}`)),
    );

    const nonces = answers.flatMap(({ text }) => text.match(/"nonce":"[^"]+"/g) ?? []);
    expect(new Set(nonces).size).toBe(20 * 101);
    expect(await isLetIn(target, waiting)).toBe(true);
  });
});

const ours = ({ host, origin }: Target) => `Host: ${host}\r\nOrigin: ${origin}\r\nContent-Length: 0`;
const LAST = (target: Target) => `POST /challenge HTTP/1.1\r\n${ours(target)}\r\nConnection: close\r\n\r\n`;

describe("sessions that outlive the core", () => {
  test("a page gets in after a restart on the same port, without a link", async () => {
    await using folder = await tempFolder();
    const first = await startTarget({ memoryFile: folder.file });
    const own = await first.signIn();
    await first[Symbol.asyncDispose]();

    await using second = await startTarget({ memoryFile: folder.file, port: null });

    expect(second.port).toBe(first.port);
    expect(await isLetIn(second, await proofOf(own, second.origin))).toBe(true);
  });

  /** The session of a core that ran before, at a core that now runs on another port. */
  async function onAnotherPort(controls: Partial<WebControls>): Promise<boolean> {
    await using folder = await tempFolder();
    const first = await startTarget({ memoryFile: folder.file });
    const own = await first.signIn();
    await first[Symbol.asyncDispose]();
    await using squatter = await squat(first.port);
    await using second = await startTarget({ memoryFile: folder.file, port: null, controls });
    expect(second.port).not.toBe(squatter.port);
    return await isLetIn(second, await proofOf(own, second.origin));
  }

  test("when the port is taken meanwhile, the core takes another and no session is good there", async () => {
    expect(await onAnotherPort({})).toBe(false);
    expect(await onAnotherPort({ bindsPort: false })).toBe(true);
  });

  test("a port that somebody else held is not trusted again", async () => {
    await using folder = await tempFolder();
    const first = await startTarget({ memoryFile: folder.file });
    const own = await first.signIn();
    await first[Symbol.asyncDispose]();
    const squatter = await squat(first.port);
    await (await startTarget({ memoryFile: folder.file, port: null }))[Symbol.asyncDispose]();
    await squatter[Symbol.asyncDispose]();

    await using third = await startTarget({ memoryFile: folder.file, port: first.port });

    expect(await isLetIn(third, await proofOf(own, third.origin))).toBe(false);
  });

  /** What a squatter got from a page that came back, sent to the core as soon as that is back. */
  async function afterSquatter(controls: Partial<WebControls>): Promise<boolean> {
    await using folder = await tempFolder();
    const first = await startTarget({ memoryFile: folder.file });
    const own = await first.signIn();
    const seen = await fetchNonce(first);
    await first[Symbol.asyncDispose]();
    const squatter = await squat(first.port, seen);
    const proof = await proofOf(own, first.origin);
    expect(proof.nonce).toBe(seen);
    await callOverSocket(first, { messages: [paramsMessage(proof), QUERY_MESSAGE] });
    await squatter[Symbol.asyncDispose]();
    // All that the page sends, wherever it puts it, is in what the squatter has heard.
    expect(squatter.heard.join("\n")).toContain(proof.proof);
    expect(squatter.heard.join("\n")).not.toContain(own.key);
    await using second = await startTarget({ memoryFile: folder.file, port: null, controls });
    expect(second.port).toBe(first.port);
    const params = squatter.heard.find((text) => text.startsWith('{"method":"connectionParams"')) ?? "";
    return await isLetIn(second, (JSON.parse(params) as { data: Params }).data);
  }

  test("what a squatter on the port hears from a page that comes back opens nothing", async () => {
    expect(await afterSquatter({})).toBe(false);
    expect(await afterSquatter({ sealsNonces: false })).toBe(true);
  });

  test("a session that was kept ends when no page used it for long", async () => {
    await using folder = await tempFolder();
    const first = await startTarget({ memoryFile: folder.file });
    const own = await first.signIn();
    await first[Symbol.asyncDispose]();
    const memory = JSON.parse(await readFile(folder.file, "utf8")) as {
      sessions: { lastUsedAtMs: number }[];
    };
    for (const kept of memory.sessions) kept.lastUsedAtMs -= SESSION_IDLE_MS;
    await writeFile(folder.file, JSON.stringify(memory));

    await using second = await startTarget({ memoryFile: folder.file, port: null });

    expect(await isLetIn(second, await proofOf(own, second.origin))).toBe(false);
  });

  test("the file is for its owner alone, holds a bounded number of sessions, and no link", async () => {
    await using folder = await tempFolder();
    await using target = await startTarget({ memoryFile: folder.file });
    const token = target.createToken();
    for (let count = 0; count < 70; count += 1) await target.signIn();

    const text = await readFile(folder.file, "utf8");

    expect((await stat(folder.file)).mode & 0o777).toBe(0o600);
    expect((JSON.parse(text) as { sessions: unknown[] }).sessions).toHaveLength(64);
    expect(text).not.toContain(token);
  });

  test("a file that others could read, or that is damaged, is not believed, and the core starts anyway", async () => {
    await using folder = await tempFolder();
    const first = await startTarget({ memoryFile: folder.file });
    await first.signIn();
    await first[Symbol.asyncDispose]();
    const warnings: string[] = [];
    const memory = new SessionMemory({ file: folder.file, warn: (message) => warnings.push(message) });
    expect(await memory.read()).toMatchObject({ port: first.port });

    await chmod(folder.file, 0o644);
    expect(await memory.read()).toBeNull();
    await chmod(folder.file, 0o600);
    await writeFile(folder.file, '{"version":1,"port":');
    expect(await memory.read()).toBeNull();

    expect(warnings).toEqual(["kept sessions are not used", "kept sessions are not used"]);
  });

  test("a folder that cannot be written costs the memory, not the sign-in", async () => {
    await using folder = await tempFolder();
    const warnings: string[] = [];
    const memory = new SessionMemory({
      file: join(folder.file, "not-a-folder", "web.json"),
      warn: (message) => warnings.push(message),
    });

    await memory.keep({ version: 1, port: 1, sessions: [] });

    expect(warnings).toEqual(["sessions could not be kept"]);
    expect(await memoryAt(folder.file).read()).toBeNull();
  });
});

async function fetchNonce({ origin }: Target): Promise<string> {
  const answer = await fetch(`${origin}/challenge`, { method: "POST", headers: { origin } });
  return ((await answer.json()) as { nonce: string }).nonce;
}

interface Squatter extends AsyncDisposable {
  readonly port: number;
  /** Every request and message it got. */
  readonly heard: readonly string[];
}

/** Another user's program on a port that was ours: answers as we would, and writes everything down. */
async function squat(port: number, nonce = "a.1.b"): Promise<Squatter> {
  const heard: string[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    request.on("data", (chunk) => heard.push(String(chunk)));
    request.on("end", () => response.end(JSON.stringify({ nonce })));
  });
  server.on("upgrade", (request, socket, head) => {
    heard.push(`${request.url} ${JSON.stringify(request.headers)}`);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("message", (data) => {
        heard.push(String(data));
        if (heard.some((text) => text.includes("agents.list"))) webSocket.close();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function tempFolder(): Promise<{ readonly file: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-sessions-"));
  return {
    file: join(folder, "web.json"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
