import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { clearEngineFolder, watchOverEngine } from "./engine-folder.ts";
import { packBusybox, packNode } from "./engine-images.ts";

const run = promisify(execFile);

/** Images every engine of the suites has. */
export const BUSYBOX_IMAGE = "localhost/pilothouse-test/busybox:1";
export const NODE_IMAGE = "localhost/pilothouse-test/node:1";

const READY_MS = 100_000;
const LOOK_MS = 50;

export type EngineProduct = "docker" | "podman";

/** An engine of the suite's own, with everything it has in one folder. */
export interface TestEngine extends AsyncDisposable {
  readonly product: EngineProduct;
  readonly folder: string;
  readonly socket: string;
  /** Process of the daemon that answers on the socket. */
  readonly pid: number;
  /** The engine's own command on this engine; what it prints. */
  command(...args: readonly string[]): Promise<string>;
  /** Kills and removes containers. */
  remove(...names: readonly string[]): Promise<void>;
  /** Program and arguments of `command`, for tests that watch a process. */
  commandLine(...args: readonly string[]): readonly string[];
  signal(signal: NodeJS.Signals): void;
  /** Starts the daemon again after it was killed. */
  restart(): Promise<void>;
  /** Takes all space that is left where the engine's data lie; only with `dataSize`. */
  fillData(): Promise<{ remove(): Promise<void> }>;
}

export interface TestEngineOptions {
  /** Files of the Node image: place → file of this computer. Without it, the engine has no Node image. */
  readonly nodeFiles?: Readonly<Record<string, string>>;
  /** Size of a disk of its own for all data of the engine, e.g. `48m`. */
  readonly dataSize?: string;
  /** `host:port` of a registry without TLS. */
  readonly plainRegistry?: string;
  /** Further words for Docker's daemon. */
  readonly daemonFlags?: readonly string[];
}

export async function startEngine(
  product: EngineProduct,
  options: TestEngineOptions = {},
): Promise<TestEngine> {
  const folder = await mkdtemp(join(tmpdir(), "ph-engine-"));
  watchOverEngine(folder);
  const engine = product === "docker" ? new DockerEngine(folder) : new PodmanEngine(folder);
  try {
    engine.plainRegistry = options.plainRegistry ?? null;
    engine.daemonFlags = options.daemonFlags ?? [];
    if (options.dataSize !== undefined) {
      await mkdir(engine.dataFolder);
      await run("mount", ["-t", "tmpfs", "-o", `size=${options.dataSize}`, "tmpfs", engine.dataFolder]);
    }
    await engine.start();
    await engine.command("import", await packBusybox(folder), BUSYBOX_IMAGE);
    if (options.nodeFiles !== undefined) {
      await engine.command("import", await packNode(folder, options.nodeFiles), NODE_IMAGE);
    }
    return engine;
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

abstract class OwnEngine implements TestEngine {
  abstract readonly product: EngineProduct;
  readonly folder: string;
  plainRegistry: string | null = null;
  daemonFlags: readonly string[] = [];
  protected daemon: ChildProcess | null = null;

  constructor(folder: string) {
    this.folder = folder;
  }

  get socket(): string {
    return join(this.folder, "engine.sock");
  }

  get pid(): number {
    const pid = this.daemon?.pid;
    if (pid === undefined) throw new Error("the engine does not run");
    return pid;
  }

  abstract readonly dataFolder: string;
  abstract start(): Promise<void>;
  abstract commandLine(...args: readonly string[]): readonly string[];
  protected abstract startDaemon(): Promise<ChildProcess>;

  async command(...args: readonly string[]): Promise<string> {
    const [program = "", ...rest] = this.commandLine(...args);
    const { stdout } = await run(program, rest, { maxBuffer: 64 << 20 });
    return stdout.trim();
  }

  async remove(...names: readonly string[]): Promise<void> {
    // Podman asks first and waits for 10 s, unless it is told not to.
    const words = this.product === "podman" ? ["rm", "-f", "-t", "0"] : ["rm", "-f"];
    await this.command(...words, ...names);
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  async restart(): Promise<void> {
    if (this.daemon !== null && this.daemon.exitCode === null && this.daemon.signalCode === null) {
      await endOne(this.daemon);
    }
    this.daemon = await this.startDaemon();
    await answers(this.socket, this.daemon);
  }

  async fillData(): Promise<{ remove(): Promise<void> }> {
    const file = join(this.dataFolder, "filler");
    // It ends with an error, because that is what it is for.
    await run("dd", ["if=/dev/zero", `of=${file}`, "bs=4096"]).catch(() => undefined);
    return { remove: () => rm(file) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.daemon?.pid !== undefined && isAlive(this.daemon)) {
      process.kill(this.daemon.pid, "SIGCONT");
      await this.#removeContainers().catch(() => undefined);
      await endOne(this.daemon);
    }
    await this.endOthers();
    await clearEngineFolder(this.folder);
  }

  protected async daemonEnvironment(): Promise<Readonly<Record<string, string>>> {
    // Docker takes every registry on this computer without TLS.
    return {};
  }

  protected async endOthers(): Promise<void> {
    // Podman has no other process of its own.
  }

  protected async spawnLogged(name: string, command: readonly string[]): Promise<ChildProcess> {
    const log = await open(join(this.folder, `${name}.log`), "a");
    const [program = "", ...args] = command;
    const env = { ...process.env, ...(await this.daemonEnvironment()) };
    const child = spawn(program, args, { cwd: this.folder, env, stdio: ["ignore", log.fd, log.fd] });
    await once(child, "spawn");
    await log.close();
    return child;
  }

  async #removeContainers(): Promise<void> {
    const ids = (await this.command("ps", "-aq")).split("\n").filter((id) => id !== "");
    for (let at = 0; at < ids.length; at += 100) await this.remove(...ids.slice(at, at + 100));
  }
}

class DockerEngine extends OwnEngine {
  readonly product = "docker";
  readonly dataFolder = join(this.folder, "data");
  #containerd: ChildProcess | null = null;

  async start(): Promise<void> {
    const socket = this.#containerdSocket;
    const config = [
      "version = 2",
      `root = "${this.folder}/containerd"`,
      `state = "${this.folder}/containerd-state"`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
      "[grpc]",
      `  address = "${socket}"`,
    ];
    await writeFile(join(this.folder, "containerd.toml"), config.join("\n"));
    // Apart from the daemon, because a daemon that manages its own may not come back after a kill.
    this.#containerd = await this.spawnLogged("containerd", [
      "containerd",
      "--config",
      join(this.folder, "containerd.toml"),
    ]);
    await answers(socket, this.#containerd);
    await this.restart();
  }

  commandLine(...args: readonly string[]): readonly string[] {
    return ["docker", "--host", `unix://${this.socket}`, ...args];
  }

  protected async startDaemon(): Promise<ChildProcess> {
    await Promise.all([this.socket, this.#pidFile].map((file) => rm(file, { force: true })));
    return this.spawnLogged("dockerd", [
      "dockerd",
      ...this.daemonFlags,
      ...["--containerd", this.#containerdSocket, "--host", `unix://${this.socket}`],
      ...["--data-root", this.dataFolder, "--exec-root", join(this.folder, "exec")],
      ...["--pidfile", this.#pidFile, "--iptables=false", "--bridge=none"],
    ]);
  }

  protected override async endOthers(): Promise<void> {
    if (this.#containerd !== null && isAlive(this.#containerd)) await endOne(this.#containerd);
  }

  get #containerdSocket(): string {
    return join(this.folder, "containerd.sock");
  }

  get #pidFile(): string {
    return join(this.folder, "docker.pid");
  }
}

class PodmanEngine extends OwnEngine {
  readonly product = "podman";
  readonly dataFolder = join(this.folder, "root");

  async start(): Promise<void> {
    await mkdir(join(this.folder, "tmp"));
    await this.restart();
  }

  protected override async daemonEnvironment(): Promise<Readonly<Record<string, string>>> {
    if (this.plainRegistry === null) return {};
    const file = join(this.folder, "registries.conf");
    await writeFile(file, `[[registry]]\nlocation = "${this.plainRegistry}"\ninsecure = true\n`);
    return { CONTAINERS_REGISTRIES_CONF: file };
  }

  commandLine(...args: readonly string[]): readonly string[] {
    const { folder } = this;
    const own = [
      "--root",
      this.dataFolder,
      "--runroot",
      join(folder, "run"),
      "--tmpdir",
      join(folder, "tmp"),
    ];
    return ["podman", ...own, "--events-backend=file", ...args];
  }

  protected async startDaemon(): Promise<ChildProcess> {
    await rm(this.socket, { force: true });
    const command = this.commandLine("system", "service", "--time=0", `unix://${this.socket}`);
    return this.spawnLogged("podman", command);
  }
}

/** Resolves when something accepts connections on `socket`. */
async function answers(socket: string, daemon: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    if (!isAlive(daemon)) throw new Error(`the engine of ${socket} ended: see its log beside the socket`);
    if (await accepts(socket)) return;
    await wait(LOOK_MS);
  }
  throw new Error(`nothing answers on ${socket}`);
}

async function accepts(socket: string): Promise<boolean> {
  const connection = connect(socket);
  try {
    await once(connection, "connect");
    return true;
  } catch {
    return false;
  } finally {
    connection.destroy();
  }
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function endOne(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(timer);
}
