import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { EngineAddress } from "./engine-address.ts";

const run = promisify(execFile);

type SshAddress = Extract<EngineAddress, { kind: "ssh" }>;

/** Longest wait for the host, in seconds. */
const CONNECT_SECONDS = 5;
/** A connection without a channel is closed after so long, also when nobody is there any more to close it. */
const IDLE_SECONDS = 60;
/** A connection that does not end by then ends by itself, for want of channels. */
const LONGEST_END_MS = 2_000;
/** A host that does not answer so often, this many seconds apart, is gone, and with it the connection. */
const ALIVE = { seconds: 5, count: 2 };
/** Of the folder: the system takes about a hundred for a socket's path, and ssh puts 17 more behind it for a moment. */
const LONGEST_PATH_BYTES = 80;

/** A host takes ten channels on a connection, unless its `MaxSessions` says otherwise; ended ones count for a moment. */
const MOST_CHANNELS = 8;

/** What ssh is called with to run a command on the host, and what to call when it has ended. */
export interface SshChannel {
  readonly args: readonly string[];
  readonly release: () => void;
}

/** A connection, by the socket on which ssh hands out its channels. */
interface SharedConnection {
  readonly socket: string;
  channels: number;
  opening: Promise<void> | null;
}

/**
 * One connection to the host of an engine, on which every call is a channel, and one more for every eight channels
 * that are open at the same time: signing in anew for each costs the host, and the call a wait. It is ssh's own sharing
 * (`ControlMaster`), on sockets of our own in a private folder.
 *
 * 1. A connection is made when it is needed and there is none; those who ask meanwhile wait for the same one.
 * 2. One that broke is made anew by the next call.
 * 3. Where it cannot be shared, calls connect for themselves: on Windows, whose ssh cannot, and where the user's
 *    configuration shares connections already, which may have been signed in by hand.
 */
export class SshSharing implements AsyncDisposable {
  readonly #address: SshAddress;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #shared: SharedConnection[] = [];
  readonly #openers = new Set<ChildProcess>();
  #folder: Promise<string | null> | null = null;
  #isClosed = false;

  constructor(address: SshAddress, environment: NodeJS.ProcessEnv) {
    this.#address = address;
    this.#environment = environment;
  }

  /** @throws Error in ssh's words when the host cannot be reached */
  async openChannel(command: string): Promise<SshChannel> {
    this.#folder ??= this.#prepare().catch((error: unknown) => {
      // The next call may find an ssh command that answers.
      this.#folder = null;
      throw error;
    });
    const folder = await this.#folder;
    const args = [...this.#options(), ...this.#host(), command];
    if (folder === null) return { args, release: () => undefined };
    const shared = this.#shared.find(({ channels }) => channels < MOST_CHANNELS) ?? this.#add(folder);
    shared.channels += 1;
    const release = () => {
      shared.channels -= 1;
    };
    try {
      await this.#ready(shared);
    } catch (error) {
      release();
      throw error;
    }
    return { args: ["-o", `ControlPath=${shared.socket}`, "-o", "ControlMaster=no", ...args], release };
  }

  /** Ends the connections and with them every channel. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const opener of this.#openers) opener.kill();
    const folder = await this.#folder?.catch(() => null);
    await Promise.all(this.#shared.map((shared) => this.#end(shared)));
    if (folder !== null && folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  #add(folder: string): SharedConnection {
    const shared = { socket: join(folder, `${this.#shared.length}`), channels: 0, opening: null };
    this.#shared.push(shared);
    return shared;
  }

  async #ready(shared: SharedConnection): Promise<void> {
    if (await isListening(shared.socket)) return;
    shared.opening ??= this.#open(shared.socket).finally(() => {
      shared.opening = null;
    });
    await shared.opening;
  }

  async #end({ opening, socket }: SharedConnection): Promise<void> {
    await opening?.catch(() => undefined);
    const args = ["-O", "exit", "-o", `ControlPath=${socket}`, ...this.#host()];
    // There is nothing to end when it was idle for long.
    await run("ssh", args, { env: this.#environment, timeout: LONGEST_END_MS }).catch(() => undefined);
  }

  /** A private folder for the sockets; null when calls connect for themselves. */
  async #prepare(): Promise<string | null> {
    if (process.platform === "win32") return null;
    const { stdout } = await run("ssh", ["-G", ...this.#host()], { env: this.#environment });
    if (/^controlpath (?!none$)/m.test(stdout)) return null;
    const folder = await mkdtemp(join(tmpdir(), "ph-ssh-"));
    if (Buffer.byteLength(folder) <= LONGEST_PATH_BYTES) return folder;
    await rm(folder, { recursive: true });
    return null;
  }

  /** Runs a command that does nothing; its connection stays, and goes on without it. */
  async #open(socket: string): Promise<void> {
    if (this.#isClosed) throw new Error("ssh: the connection was closed");
    const sharing = [`ControlPath=${socket}`, "ControlMaster=auto", `ControlPersist=${IDLE_SECONDS}`];
    const alive = [`ServerAliveInterval=${ALIVE.seconds}`, `ServerAliveCountMax=${ALIVE.count}`];
    const options = [...sharing, ...alive].flatMap((option) => ["-o", option]);
    const args = [...this.#options(), ...options, ...this.#host(), "true"];
    const opener = spawn("ssh", args, {
      env: this.#environment,
      stdio: ["ignore", "ignore", "pipe"],
      windowsHide: true,
    });
    this.#openers.add(opener);
    opener.once("close", () => this.#openers.delete(opener));
    let said = "";
    opener.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-500);
    });
    const closed = once(opener, "close");
    closed.catch(() => undefined);
    await once(opener, "exit");
    // Whether the command was carried out is all the same, as a host may allow one command only.
    if (!(await isListening(socket))) {
      await closed;
      throw new Error(`ssh: ${said.trim() || `ended with ${opener.exitCode}`}`);
    }
    opener.stderr.destroy();
  }

  #options(): readonly string[] {
    return [
      "-T",
      ...["BatchMode=yes", "StrictHostKeyChecking=yes", `ConnectTimeout=${CONNECT_SECONDS}`].flatMap(
        (option) => ["-o", option],
      ),
    ];
  }

  #host(): readonly string[] {
    const { host, port, user } = this.#address;
    return [...(port === null ? [] : ["-p", String(port)]), ...(user === "" ? [] : ["-l", user]), "--", host];
  }
}

/** Whether a connection is there to take channels; the file of one that was killed is there, too. */
async function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    // Nobody is there: the one answer of interest.
    return false;
  } finally {
    socket.destroy();
  }
}
