import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import type { Clock } from "#core/clock.ts";
import {
  type Credentials,
  SessionMemory,
  startWebServer,
  type WebControls,
} from "#main/entries/web/index.ts";
import { SystemClock } from "#main/platform/index.ts";
import { createAppRouter, type SocketLimits } from "#main/rpc/index.ts";
import { createTransportCore } from "#tests/contract/transport-core.ts";
import { exchangeLink } from "#tests/helpers/page-session.ts";

/** Stands in a file beside the served folder; nobody may ever read it through the server. */
export const CANARY = "canary-3f9c2b7a";

/** A web entry to attack, and what an attacker may have got hold of. */
export interface Target extends AsyncDisposable {
  readonly port: number;
  /** The Host that our own pages send. */
  readonly host: string;
  readonly origin: string;
  /** A fresh link's token. */
  createToken(): string;
  /** Signs in as our own page does. */
  signIn(): Promise<Credentials>;
  /** Moves the server's clock on. */
  passTime(ms: number): void;
}

export interface TargetOptions {
  readonly controls?: Partial<WebControls>;
  readonly limits?: Partial<SocketLimits>;
  /** File in which sessions outlive the target. */
  readonly memoryFile?: string;
  readonly port?: number | null;
}

export async function startTarget(options: TargetOptions = {}): Promise<Target> {
  const { controls = {}, limits = {}, memoryFile, port = 0 } = options;
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-attack-"));
  const assetsFolder = join(folder, "page");
  await mkdir(join(assetsFolder, "assets"), { recursive: true });
  await writeFile(join(assetsFolder, "index.html"), "<!doctype html><title>page</title>");
  await writeFile(join(assetsFolder, "assets", "app-0a1b2c3d.js"), "export {};");
  await writeFile(join(folder, "canary.txt"), CANARY);
  const core = createTransportCore();
  const clock = new ShiftedClock();
  const web = await startWebServer({
    router: createAppRouter(core.faces),
    reportBug: core.reportBug,
    clock,
    assetsFolder,
    port,
    ...(memoryFile === undefined ? {} : { memory: memoryAt(memoryFile) }),
    controls,
    limits,
  });
  await writeFile(join(assetsFolder, "late.txt"), CANARY);
  const origin = `http://127.0.0.1:${web.port}`;
  const createToken = () => web.createSignInLink().split("#signin=")[1] ?? "";
  return {
    port: web.port,
    host: `127.0.0.1:${web.port}`,
    origin,
    createToken,
    passTime: (ms) => clock.shift(ms),
    signIn: () => exchangeLink(web.createSignInLink()),
    async [Symbol.asyncDispose]() {
      await web.close();
      await rm(folder, { recursive: true });
    },
  };
}

export function memoryAt(file: string): SessionMemory {
  return new SessionMemory({
    file,
    warn: (message, error) => {
      throw new Error(message, { cause: error });
    },
  });
}

/** The computer's clock, moved on by what the test wants. */
class ShiftedClock extends SystemClock implements Clock {
  #byMs = 0;

  shift(ms: number): void {
    this.#byMs += ms;
  }

  override monotonicMs(): number {
    return super.monotonicMs() + this.#byMs;
  }
}

/** What came back for bytes that were sent. */
export interface Answer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly text: string;
}

/** Sends bytes as they are and reads what comes back, until the server closes or switches protocols. */
export function sendRaw(port: number, bytes: string | Uint8Array): Promise<Answer> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const finish = () => {
      socket.destroy();
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
    };
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (text.startsWith("HTTP/1.1 101")) finish();
    });
    socket.on("close", finish);
    socket.on("error", finish);
  });
}

export interface SocketAttempt {
  /** First messages, as they go over the wire. */
  readonly messages: readonly (string | Buffer)[];
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Name by which the target is called, when not by its own. */
  readonly host?: string;
}

/** Opens a socket as our page would and says whether a call on it was answered with a result. */
export function callOverSocket(target: Target, attempt: SocketAttempt): Promise<boolean> {
  const { host = target.host, messages, path = "/trpc?connectionParams=1", headers = {} } = attempt;
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${target.port}${path}`, {
      origin: `http://${host}`,
      headers: { Host: host, ...headers },
    });
    const finish = (isAnswered: boolean) => {
      socket.terminate();
      resolve(isAnswered);
    };
    socket.on("open", () => {
      for (const message of messages) socket.send(message);
    });
    socket.on("message", (data) => {
      const answer = JSON.parse(String(data)) as { id: unknown; result?: unknown };
      if (answer.result !== undefined) finish(true);
    });
    socket.on("close", () => finish(false));
    socket.on("error", () => finish(false));
  });
}

/** tRPC's first message and one call. */
export function paramsMessage(data: unknown): string {
  return JSON.stringify({ method: "connectionParams", data });
}

export const QUERY_MESSAGE = JSON.stringify({ id: 1, method: "query", params: { path: "agents.list" } });
