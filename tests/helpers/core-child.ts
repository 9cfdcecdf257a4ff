import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { AuditCheck, AuditEntry } from "#contract/audit.ts";
import type { SetCredential } from "#contract/credential.ts";
import type { ContainerConsent } from "#contract/engine.ts";
import { THIS_COMPUTER } from "#contract/ids.ts";
import type { NetworkSettings } from "#contract/network.ts";
import type { Run, StartRun } from "#contract/run.ts";

export interface ChildRequest {
  readonly number: number;
  readonly do:
    | "add"
    | "start"
    | "stop"
    | "get"
    | "set-credential"
    | "remove-credential"
    | "set-variable"
    | "create-vault"
    | "unlock-vault"
    | "change-network"
    | "change-consents"
    | "settled"
    | "trail"
    | "verify"
    | "answers"
    | "close";
  readonly text: string;
}

export interface ChildReply {
  readonly number: number;
  readonly result?: unknown;
  readonly problem?: string;
}

/** A core in a process of its own, which a test may kill. */
export class CoreChild {
  readonly #process: ChildProcess;
  /** Resolves when the process has ended. */
  readonly gone: Promise<unknown>;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #number = 0;
  #said = "";

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.gone = once(process, "exit");
    process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said += text;
    });
    process.on("message", (reply: ChildReply) => this.#take(reply));
    process.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the core is gone: ${this.#said}`));
      this.#waiting.clear();
    });
  }

  /** Resolves once the core has started. */
  static async open(folder: string, env: Readonly<Record<string, string>> = {}): Promise<CoreChild> {
    const child = CoreChild.spawn(folder, env);
    await child.started;
    return child;
  }

  /** A core that may still be starting. */
  static spawn(folder: string, env: Readonly<Record<string, string>> = {}): CoreChild {
    const script = fileURLToPath(new URL("core-child-main.ts", import.meta.url));
    const child = new CoreChild(
      fork(script, [folder], {
        execArgv: [],
        stdio: ["ignore", "ignore", "pipe", "ipc"],
        env: { ...process.env, ...env },
      }),
    );
    const ready = Promise.withResolvers<unknown>();
    child.#waiting.set(0, ready);
    // A test that kills it before does not wait for it.
    ready.promise.catch(() => undefined);
    child.started = ready.promise;
    return child;
  }

  started: Promise<unknown> = Promise.resolve();

  async add(folder: string): Promise<void> {
    await this.#ask("add", folder);
  }

  /** On this computer unless another target is named. */
  async start(agent: string, where: Pick<Partial<StartRun>, "target" | "confirms"> = {}): Promise<Run> {
    return (await this.#ask("start", JSON.stringify({ agent, target: THIS_COMPUTER, ...where }))) as Run;
  }

  async stop(id: string): Promise<Run> {
    return (await this.#ask("stop", id)) as Run;
  }

  async get(reference: string): Promise<Run> {
    return (await this.#ask("get", reference)) as Run;
  }

  /** The agents `worker` and `courier` may be given it. */
  async setCredential(credential: Omit<SetCredential, "name"> & { readonly name: string }): Promise<void> {
    await this.#ask("set-credential", JSON.stringify(credential));
  }

  async removeCredential(name: string): Promise<void> {
    await this.#ask("remove-credential", name);
  }

  async setVariable(name: string, value: string): Promise<void> {
    await this.#ask("set-variable", JSON.stringify({ name, value }));
  }

  /** Makes a passphrase vault; credentials that are new from now on go there. */
  async createVault(passphrase: string): Promise<void> {
    await this.#ask("create-vault", passphrase);
  }

  async unlockVault(passphrase: string): Promise<void> {
    await this.#ask("unlock-vault", passphrase);
  }

  /** As a window does it. */
  async changeNetwork(network: NetworkSettings): Promise<void> {
    await this.#ask("change-network", JSON.stringify(network));
  }

  /** As a window does it. */
  async changeConsents(consents: Readonly<Record<string, readonly ContainerConsent[]>>): Promise<void> {
    await this.#ask("change-consents", JSON.stringify(consents));
  }

  /** Resolves when no run goes on any more. */
  async settled(): Promise<readonly Run[]> {
    return (await this.#ask("settled", "")) as readonly Run[];
  }

  async trail(): Promise<readonly AuditEntry[]> {
    return (await this.#ask("trail", "")) as readonly AuditEntry[];
  }

  async verify(): Promise<AuditCheck> {
    return (await this.#ask("verify", "")) as AuditCheck;
  }

  /** What every question about runs, secrets and the trail is answered with, as one JSON text. */
  async answers(): Promise<string> {
    return (await this.#ask("answers", "")) as string;
  }

  async close(): Promise<void> {
    await this.#ask("close", "");
    await this.kill();
  }

  /** `kill -9`; resolves when it is dead. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const dead = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await dead;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #ask(what: ChildRequest["do"], text: string): Promise<unknown> {
    this.#number += 1;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#number, answer);
    this.#process.send({ number: this.#number, do: what, text } satisfies ChildRequest, (error) => {
      if (error !== null) answer.reject(error);
    });
    return answer.promise;
  }

  #take({ number, result, problem }: ChildReply): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (problem === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(problem));
  }
}
