import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Agent, type ClientRequest } from "node:http";
import { Duplex } from "node:stream";
import type { Clock, Timer } from "#core/clock.ts";
import type { EngineAddress } from "./engine-address.ts";
import { SshSharing } from "./ssh-sharing.ts";

export interface SshAgentDeps {
  readonly address: Extract<EngineAddress, { kind: "ssh" }>;
  /** For the ssh command. */
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
}

/** A channel nobody uses is kept for the next call so long: what it ends in costs the host a start of its own. */
const UNUSED_MS = 20_000;
const MOST_UNUSED = 4;

/**
 * Ways to an engine behind ssh: each is `ssh HOST docker system dial-stdio`, as the docker command makes them, and
 * together they are channels of one connection; see `SshSharing`. The ssh command of this computer is used, and with
 * it the user's keys, agent, jump hosts and known hosts: a host that is not known is refused, and nothing is ever
 * asked for.
 */
export class SshAgent extends Agent implements AsyncDisposable {
  readonly #deps: SshAgentDeps;
  readonly #sharing: SshSharing;
  readonly #unused = new WeakMap<Duplex, Timer>();

  constructor(deps: SshAgentDeps) {
    super({ keepAlive: true, maxFreeSockets: MOST_UNUSED });
    this.#deps = deps;
    this.#sharing = new SshSharing(deps.address, deps.environment);
  }

  override createConnection(): Duplex {
    const socket = new SshSocket(async () => {
      const { args, release } = await this.#sharing.openChannel("docker system dial-stdio");
      const child = spawn("ssh", args, {
        env: this.#deps.environment,
        stdio: ["pipe", "pipe", "pipe"],
        windowsHide: true,
      });
      child.once("close", release);
      return child;
    });
    // What HTTP wants to set on a real socket means nothing on a pipe.
    return Object.assign(socket, {
      setKeepAlive: () => socket,
      setNoDelay: () => socket,
      setTimeout: () => socket,
      ref: () => socket,
      unref: () => socket,
    });
  }

  override keepSocketAlive(socket: Duplex): boolean {
    this.#unused.set(
      socket,
      this.#deps.clock.after(UNUSED_MS, () => socket.destroy()),
    );
    return true;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    this.#unused.get(socket)?.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
    await this.#sharing[Symbol.asyncDispose]();
  }
}

/** Both directions of an ssh command. It ends with the command, whose words say why when it failed. */
class SshSocket extends Duplex {
  readonly #start: () => Promise<ChildProcessWithoutNullStreams>;
  #child: ChildProcessWithoutNullStreams | null = null;

  constructor(start: () => Promise<ChildProcessWithoutNullStreams>) {
    // With the command the other direction is over, too.
    super({ allowHalfOpen: false });
    this.#start = start;
  }

  /** What is written meanwhile waits. */
  override _construct(done: (error?: Error) => void): void {
    this.#start().then(
      (child) => {
        this.#listenTo(child);
        done();
      },
      (error: Error) => done(error),
    );
  }

  #listenTo(child: ChildProcessWithoutNullStreams): void {
    this.#child = child;
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-500);
    });
    child.stdout.on("data", (bytes: Buffer) => {
      if (!this.push(bytes)) child.stdout.pause();
    });
    // A command that has ended takes nothing more; its end is told below.
    child.stdin.on("error", () => undefined);
    child.on("error", (error) => this.destroy(error));
    child.on("close", (code) => {
      if (code === 0 || code === null) this.push(null);
      else this.destroy(new Error(`ssh: ${said.trim() || `ended with ${code}`}`));
    });
  }

  override _read(): void {
    this.#child?.stdout.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#child?.stdin.write(bytes, () => done());
  }

  override _final(done: () => void): void {
    this.#child?.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child?.kill();
    done(error);
  }
}
