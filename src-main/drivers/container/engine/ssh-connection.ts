import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";
import type { EngineAddress } from "./engine-address.ts";

type SshAddress = Extract<EngineAddress, { kind: "ssh" }>;

/** Longest wait for the host, in seconds. */
const CONNECT_SECONDS = 5;

/**
 * Connections to an engine behind ssh: each is `ssh HOST docker system dial-stdio`, as the docker command makes
 * them. The ssh command of this computer is used, and with it the user's keys, agent, jump hosts and known hosts:
 * a host that is not known is refused, and nothing is ever asked for.
 */
export function createSshAgent(address: SshAddress, environment: NodeJS.ProcessEnv): Agent {
  return new SshAgent(address, environment);
}

class SshAgent extends Agent {
  readonly #address: SshAddress;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(address: SshAddress, environment: NodeJS.ProcessEnv) {
    super({ keepAlive: false });
    this.#address = address;
    this.#environment = environment;
  }

  override createConnection(): Duplex {
    const child = spawn("ssh", argumentsOf(this.#address), {
      env: this.#environment,
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    const socket = new SshSocket(child);
    // What HTTP wants to set on a real socket means nothing on a pipe.
    return Object.assign(socket, {
      setKeepAlive: () => socket,
      setNoDelay: () => socket,
      setTimeout: () => socket,
      ref: () => socket,
      unref: () => socket,
    });
  }
}

/** Both directions of an ssh command. It ends with the command, whose words say why when it failed. */
class SshSocket extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(child: ChildProcessWithoutNullStreams) {
    super();
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
    this.#child.stdout.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#child.stdin.write(bytes, () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }
}

function argumentsOf({ user, host, port }: SshAddress): readonly string[] {
  return [
    "-T",
    ...["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", `ConnectTimeout=${CONNECT_SECONDS}`],
    ...(port === null ? [] : ["-p", String(port)]),
    ...(user === "" ? [] : ["-l", user]),
    "--",
    host,
    "docker system dial-stdio",
  ];
}
