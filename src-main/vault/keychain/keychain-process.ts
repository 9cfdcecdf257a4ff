import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Clock, Timer } from "#core/clock.ts";
import type { KeychainAnswer, KeychainRequest } from "./keychain-protocol.ts";

/** How long it is kept after its last answer. */
const IDLE_MS = 20_000;

/** What the libraries of the system need to find the keyring and its window; nothing else is passed on. */
const PASSED_ON = [
  "DBUS_SESSION_BUS_ADDRESS",
  "XDG_RUNTIME_DIR",
  "HOME",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "SystemRoot",
  "USERPROFILE",
  "APPDATA",
  "LOCALAPPDATA",
];

export interface KeychainProcessDeps {
  /** `dist/main/keychain.js`, or its source. */
  readonly script: string;
  readonly nodeExecutable: string;
  readonly nodeEnvironment: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly limitMs: number;
  /** Whether a refusal may only mean that the keyring was started anew, as a service of the session can be. */
  readonly renews: boolean;
}

/** The keychain did not answer in time; its process was ended. */
export class KeychainSilent extends Error {
  override readonly name = "KeychainSilent";
}

/** The keychain refused. The message comes from the system's library and holds no value. */
export class KeychainRefused extends Error {
  override readonly name = "KeychainRefused";
}

const SILENT = new KeychainSilent("the keychain was given up");

/** Asks the keychain in a process of its own, which is started when it is needed and ends when it is not. */
export class KeychainProcess {
  readonly #deps: KeychainProcessDeps;
  readonly #waiting = new Map<number, PromiseWithResolvers<string | null>>();
  readonly #hasWorked = new WeakSet<ChildProcess>();
  #child: ChildProcess | null = null;
  #idle: Timer | null = null;
  #id = 0;

  constructor(deps: KeychainProcessDeps) {
    this.#deps = deps;
  }

  /**
   * Where keyrings are started anew, asks once more in a new process when one that has worked before refuses: the system's
   * library does not notice, and refuses everything from then on. Asking twice does no harm, whatever is asked.
   *
   * @throws KeychainSilent, KeychainRefused
   */
  async ask(request: Omit<KeychainRequest, "id">): Promise<string | null> {
    const child = this.#ready();
    try {
      return await this.#askOf(child, request);
    } catch (error) {
      const mayBeStale = this.#deps.renews && this.#hasWorked.has(child);
      if (!(error instanceof KeychainRefused) || !mayBeStale) throw error;
      if (this.#child === child) this.#drop(child, "SIGTERM", error);
      return await this.#askOf(this.#ready(), request);
    }
  }

  async #askOf(child: ChildProcess, request: Omit<KeychainRequest, "id">): Promise<string | null> {
    this.#id += 1;
    const id = this.#id;
    const answer = Promise.withResolvers<string | null>();
    this.#waiting.set(id, answer);
    const timer = this.#deps.clock.after(this.#deps.limitMs, () => {
      this.#waiting.delete(id);
      answer.reject(new KeychainSilent("the keychain does not answer"));
      // Its threads are stuck; the next question gets a new process.
      this.#drop(child, "SIGKILL", SILENT);
    });
    hold(child, true);
    try {
      child.stdin?.write(`${JSON.stringify({ ...request, id })}\n`);
      const value = await answer.promise;
      this.#hasWorked.add(child);
      return value;
    } finally {
      timer.cancel();
      if (this.#waiting.size === 0) this.#rest(child);
    }
  }

  close(): void {
    if (this.#child !== null) this.#drop(this.#child, "SIGTERM", SILENT);
  }

  #ready(): ChildProcess {
    this.#idle?.cancel();
    this.#child ??= this.#launch();
    return this.#child;
  }

  #rest(child: ChildProcess): void {
    hold(child, false);
    this.#idle?.cancel();
    this.#idle = this.#deps.clock.after(IDLE_MS, () => this.#drop(child, "SIGTERM", SILENT));
  }

  #launch(): ChildProcess {
    const { environment, nodeEnvironment, nodeExecutable, script } = this.#deps;
    const passedOn = PASSED_ON.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    });
    const child = spawn(nodeExecutable, [script], {
      env: { ...Object.fromEntries(passedOn), ...nodeEnvironment },
      windowsHide: true,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const { stdout, stdin } = child;
    if (stdout !== null) createInterface({ input: stdout }).on("line", (line) => this.#take(line));
    // The end of the process says the same.
    stdin?.on("error", () => undefined);
    const gone = (why: string) => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#rejectAll(new KeychainRefused(`the keychain's process ended: ${why}`));
    };
    child.once("error", (error) => gone(error.message));
    child.once("exit", (code, signal) => gone(String(signal ?? code)));
    return child;
  }

  #take(line: string): void {
    const answer = answerIn(line);
    if (answer === null) return;
    const { id, problem, value } = answer;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (problem === undefined) waiting?.resolve(value);
    else waiting?.reject(new KeychainRefused(problem));
  }

  /** Whoever still waits for the child hears `why`. */
  #drop(child: ChildProcess, signal: NodeJS.Signals, why: Error): void {
    if (this.#child === child) this.#child = null;
    this.#idle?.cancel();
    child.stdin?.end();
    child.kill(signal);
    this.#rejectAll(why);
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/**
 * Null for what is no answer: the system's library may print something, and a process that dies leaves half a line. The
 * fault is not passed on, because it would quote what may be a value; the end of the process says the rest.
 */
function answerIn(line: string): KeychainAnswer | null {
  try {
    return JSON.parse(line) as KeychainAnswer;
  } catch {
    // See above: nothing is lost that was whole.
    return null;
  }
}

/** Whether the child keeps this process alive: only while somebody waits for it. */
function hold(child: ChildProcess, isHeld: boolean): void {
  for (const part of [child, child.stdin as Socket | null, child.stdout as Socket | null]) {
    if (isHeld) part?.ref();
    else part?.unref();
  }
}
