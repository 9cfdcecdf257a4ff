import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { note, onControl } from "./control.ts";
import { cloned, type PortEnd, releaseAll } from "./ports.ts";

/** What goes between the stand-in and the process it started. */
export type UtilityMessage =
  | { readonly type: "message"; readonly data: unknown; readonly ports: readonly string[] }
  | { readonly type: "port"; readonly id: string; readonly data: unknown }
  | { readonly type: "port-close"; readonly id: string };

let lastPort = 0;
const running = new Set<UtilityProcess>();

/** A process of plain Node that finds `process.parentPort`, as a utility process does. */
export class UtilityProcess extends EventEmitter implements Pick<Electron.UtilityProcess, "kill"> {
  readonly #child: ChildProcess;
  readonly #ports = new Map<string, PortEnd>();

  constructor(file: string, args: readonly string[], { env }: Electron.ForkOptions) {
    super();
    const node = process.env["STANDIN_NODE"] ?? process.execPath;
    const setUp = `${import.meta.dirname}/utility-setup.ts`;
    this.#child = spawn(node, ["--import", setUp, file, ...args], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      ...(env === undefined ? {} : { env: { ...env } }),
    });
    running.add(this);
    this.#child.once("spawn", () => this.emit("spawn"));
    this.#child.on("message", (message: UtilityMessage) => this.#receive(message));
    this.#child.once("exit", (code, signal) => this.#exited(code ?? (signal === null ? 1 : 128)));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  postMessage(data: unknown, transfer: readonly unknown[] = []): void {
    if (!this.#child.connected) throw new Error("a message to a utility process that has ended");
    const ports = releaseAll(transfer).map((end) => this.#adopt(end));
    this.#child.send({ type: "message", data: cloned(data), ports } satisfies UtilityMessage);
  }

  kill(): boolean {
    return this.#child.kill("SIGKILL");
  }

  #adopt(end: PortEnd): string {
    lastPort += 1;
    const id = String(lastPort);
    this.#ports.set(id, end);
    end.attach({
      deliver: (data) => this.#send({ type: "port", id, data }),
      closed: () => {
        if (this.#ports.delete(id)) this.#send({ type: "port-close", id });
      },
    });
    return id;
  }

  #send(message: UtilityMessage): void {
    if (this.#child.connected) this.#child.send(message);
  }

  #receive(message: UtilityMessage): void {
    if (message.type === "message") this.emit("message", message.data);
    else if (message.type === "port") this.#ports.get(message.id)?.post(message.data);
    else {
      this.#ports.get(message.id)?.close();
      this.#ports.delete(message.id);
    }
  }

  #exited(code: number): void {
    running.delete(this);
    note("utility.exit", { code });
    for (const [id, end] of [...this.#ports]) {
      this.#ports.delete(id);
      end.close();
    }
    this.emit("exit", code);
  }
}

export const utilityProcess = {
  fork(file: string, args: readonly string[] = [], options: Electron.ForkOptions = {}): UtilityProcess {
    const child = new UtilityProcess(file, args, options);
    const { env: _inherited, ...shown } = options;
    note("utility.fork", { file, args, options: shown, pid: child.pid ?? null });
    return child;
  },
};

onControl("utility.kill", () => {
  for (const child of running) child.kill();
});

/** For the end of the stand-in itself: nothing it started outlives it. */
export function killUtilities(): void {
  for (const child of running) child.kill();
}
