import type { MessagePortMain } from "electron";
import { type FromCore, fromCoreSchema, type ToCore } from "./host-messages.ts";

/** A running core process, as far as the supervisor touches Electron's utility process. */
export interface CoreChild {
  postMessage(message: ToCore, ports?: MessagePortMain[]): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (code: number) => void): void;
  kill(): void;
}

export interface CoreProcessDeps {
  readonly fork: () => CoreChild;
  readonly onMessage: (message: FromCore) => void;
  /** The process ended without having been asked to, and is started again in `restartInMs`. */
  readonly onCrash: (code: number, restartInMs: number) => void;
  /** Calls `action` once after `delayMs`; the returned function takes it back. */
  readonly after: (delayMs: number, action: () => void) => () => void;
  readonly nowMs: () => number;
}

const BACK_OFF_MS = [100, 500, 2_000, 5_000, 15_000] as const;
/** A core that lived this long has shown that it can; the next crash counts as a first one. */
const PROVEN_AFTER_MS = 60_000;
/** The database is closed long before; a core that hangs is ended, and what is stored is whole at any moment. */
const CLOSE_MS = 3_000;
/** Windows ask anew for as long as they are open, and each has one request open at a time. */
const MAX_WAITING_PORTS = 64;

/**
 * Keeps the core's process alive.
 *
 * Promises:
 * 1. A core that crashes is started again, after longer and longer pauses when it keeps crashing.
 * 2. A page's port reaches the core that runs next when none runs now.
 * 3. `close` asks, waits for the answer, and then ends the process; nothing is posted to a process that ended.
 */
export class CoreProcess {
  readonly #deps: CoreProcessDeps;
  #child: CoreChild | null = null;
  #waiting: MessagePortMain[] = [];
  #crashes = 0;
  #startedAtMs = 0;
  #takeBackRestart: () => void = () => undefined;
  #closing: Promise<void> | null = null;
  #onGone: () => void = () => undefined;

  constructor(deps: CoreProcessDeps) {
    this.#deps = deps;
  }

  start(): void {
    const child = this.#deps.fork();
    this.#child = child;
    this.#startedAtMs = this.#deps.nowMs();
    child.onMessage((message) => this.#receive(child, message));
    child.onExit((code) => this.#exited(child, code));
    for (const port of this.#waiting.splice(0)) child.postMessage({ type: "port" }, [port]);
  }

  /** Gives a page's port to the core that runs, or to the next one. */
  handOver(port: MessagePortMain): void {
    if (this.#closing !== null) port.close();
    else if (this.#child !== null) this.#child.postMessage({ type: "port" }, [port]);
    else {
      this.#waiting.push(port);
      if (this.#waiting.length > MAX_WAITING_PORTS) this.#waiting.shift()?.close();
    }
  }

  /** Nobody hears it while no core runs. */
  tell(message: ToCore): void {
    this.#child?.postMessage(message);
  }

  /** Ends the process and starts another at once, e.g. after it was refused its folder. */
  async restart(): Promise<void> {
    await this.close();
    this.#closing = null;
    this.start();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#takeBackRestart();
    for (const port of this.#waiting.splice(0)) port.close();
    const child = this.#child;
    if (child === null) return;
    const gone = new Promise<void>((resolve) => {
      this.#onGone = resolve;
    });
    const takeBack = this.#deps.after(CLOSE_MS, () => child.kill());
    child.postMessage({ type: "close" });
    await gone;
    takeBack();
  }

  #receive(child: CoreChild, message: unknown): void {
    const known = fromCoreSchema.parse(message);
    if (known.type === "closed") child.kill();
    else if (this.#child === child) this.#deps.onMessage(known);
  }

  /** Posts nothing: Electron has crashed on a message to a process in its exit event. */
  #exited(child: CoreChild, code: number): void {
    if (this.#child !== child) return;
    this.#child = null;
    if (this.#closing !== null) {
      this.#onGone();
      return;
    }
    const isProven = this.#deps.nowMs() - this.#startedAtMs > PROVEN_AFTER_MS;
    this.#crashes = isProven ? 1 : this.#crashes + 1;
    const pauseMs = BACK_OFF_MS[Math.min(this.#crashes, BACK_OFF_MS.length) - 1] ?? 0;
    this.#takeBackRestart = this.#deps.after(pauseMs, () => this.start());
    this.#deps.onCrash(code, pauseMs);
  }
}
