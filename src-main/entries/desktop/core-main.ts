import { flushCompileCache } from "node:module";
import { homedir, tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { MessagePortMain } from "electron";
import { AppError } from "#contract/errors.ts";
import { type CoreHost, type CoreHostOptions, openCoreHost } from "#main/core-host.ts";
import { DataFolder, SystemClock } from "#main/platform/index.ts";
import type { RpcPort } from "#main/rpc/index.ts";
import type { UpdateSource } from "#main/updates/index.ts";
import { AttachedCore } from "./attached-core.ts";
import {
  type CoreStart,
  coreStartSchema,
  type FromCore,
  type ToCore,
  toCoreSchema,
} from "./host-messages.ts";
import { HostedCore } from "./hosted-core.ts";
import type { ServedCore } from "./served-core.ts";
import { takeFolder } from "./take-folder.ts";

/** Windows ask anew for as long as they are open, and each has one request open at a time. */
const MAX_WAITING_PORTS = 64;
/** By then the first window has its answers, so that what they took is kept too. */
const KEEP_COMPILED_AFTER_MS = 2_000;
/** A core that ends needs a moment until its folder can be had. */
const ATTACH_AGAIN_MS = 50;

/** Whom to ask for newer versions; the build puts in what resources/updates.json says. */
declare const UPDATE_SOURCE: UpdateSource;

/** The core of the desktop, in a process of its own: SQLite and logs never block a window. */
class CoreProcessMain {
  readonly #closing = new AbortController();
  /** Ports that came before the core was there. */
  readonly #waiting: MessagePortMain[] = [];
  #served: ServedCore | null = null;
  #hosted: HostedCore | null = null;
  #answerFolder: (folder: string | null) => void = () => undefined;

  receive(message: ToCore, port: MessagePortMain | undefined): void {
    if (message.type === "port" && port !== undefined) this.#serve(port);
    else if (message.type === "folder") this.#answerFolder(message.folder);
    else if (message.type === "resumed") this.#lookAgain();
    else if (message.type === "notInstalled") this.#hosted?.updateFailed(message.problem);
    else if (message.type === "close") void this.#close();
  }

  /** Serves a core of its own, or that of another entry for as long as it stays. */
  async start(argument: string | undefined): Promise<void> {
    const start = coreStartSchema.parse(JSON.parse(argument ?? ""));
    const place = { platform: process.platform, env: process.env, home: homedir(), tmp: tmpdir() };
    const data = new DataFolder(start.dataFolder, place);
    const clock = new SystemClock();
    const { signal } = this.#closing;
    const open = () => openCoreHost(this.#optionsOf(start, { data, place, clock }));
    while (!signal.aborted) {
      try {
        const host = await takeFolder({ data, clock, open, signal });
        if (host === null) await this.#attach(data.socket);
        else return this.#host(host);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        tell({ type: "refused", code: error.code, message: error.message });
        return;
      }
    }
  }

  #optionsOf(
    { dataFolder: _there, updateKind, ...start }: CoreStart,
    where: Pick<CoreHostOptions, "data" | "place" | "clock">,
  ): CoreHostOptions {
    return {
      ...where,
      entry: "desktop",
      createSignInLink: () => null,
      yieldFolder: () => false,
      chooseFolder: () => this.#chooseFolder(),
      updates: {
        source: UPDATE_SOURCE,
        kind: updateKind,
        arch: process.arch,
        install: (update) => tell({ type: "install", update }),
      },
      parts: { version: start.version, folder: start.partsFolder, nodeExecutable: start.nodeExecutable },
    };
  }

  #host(host: CoreHost): void {
    this.#hosted = new HostedCore({ host, tell });
    this.#hosted.start();
    this.#show(this.#hosted);
  }

  /** Resolves once that core is gone, or does not let windows in, so that the folder can be asked for again. */
  async #attach(socketPath: string): Promise<void> {
    const attached = new AttachedCore({ socketPath, tell });
    const left = attached.gone.then(() => false);
    const begun = attached.start().then(
      () => true,
      () => false,
    );
    if (await Promise.race([begun, left])) {
      this.#show(attached);
      await left;
    }
    this.#served = null;
    await attached.close();
    await sleep(ATTACH_AGAIN_MS);
  }

  #show(served: ServedCore): void {
    this.#served = served;
    for (const port of this.#waiting.splice(0)) this.#serve(port);
  }

  #serve(port: MessagePortMain): void {
    if (this.#served !== null) {
      this.#served.accept(rpcPortOf(port));
      return;
    }
    this.#waiting.push(port);
    if (this.#waiting.length > MAX_WAITING_PORTS) this.#waiting.shift()?.close();
  }

  /** One dialog at a time: a second question takes the place of the first, which gets no folder. */
  #chooseFolder(): Promise<string | null> {
    this.#answerFolder(null);
    return new Promise((resolve) => {
      this.#answerFolder = resolve;
      tell({ type: "chooseFolder" });
    });
  }

  #lookAgain(): void {
    // Of a core elsewhere that went away meanwhile; one of our own reports what goes wrong in it.
    this.#served?.lookAgain().catch(() => undefined);
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.#served?.close();
    tell({ type: "closed" });
  }
}

function tell(message: FromCore): void {
  process.parentPort.postMessage(message);
}

function rpcPortOf(port: MessagePortMain): RpcPort {
  return {
    post: (value) => port.postMessage(value),
    onMessage: (listener) => void port.on("message", ({ data }) => listener(data)),
    onClose: (listener) => void port.on("close", listener),
    start: () => port.start(),
    close: () => port.close(),
  };
}

// Electron only warns of it, and a core that is half broken must not go on.
process.on("unhandledRejection", (error) => {
  throw error;
});
const main = new CoreProcessMain();
process.parentPort.on("message", ({ data, ports }) => main.receive(toCoreSchema.parse(data), ports[0]));
void main.start(process.argv[2]);
// Node writes compiled code down when a process ends by itself, and this one is ended.
setTimeout(flushCompileCache, KEEP_COMPILED_AFTER_MS).unref();
