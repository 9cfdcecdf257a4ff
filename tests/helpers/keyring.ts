import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Like the session bus of a desktop, without a folder of services: nothing is ever started by a question. */
const BARE_BUS = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

export const KEYRING_PASSWORD = "the keyring's own password";

/** A request of gnome-keyring's control socket. */
const UNLOCK = 1;

/** A session bus of its own, and a real gnome-keyring on it. */
export class Keyring {
  readonly folder: string;
  /** What a program of this session finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly #bus: ChildProcess;
  #daemon: ChildProcess | null = null;

  private constructor(folder: string, bus: ChildProcess, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#bus = bus;
    this.env = env;
  }

  /** A session without any keyring, and without a way to start one. */
  static async openBus(place?: string): Promise<Keyring> {
    const folder = place ?? (await mkdtemp(path.join(tmpdir(), "pilothouse-keyring-")));
    const runtime = path.join(folder, "runtime");
    await mkdir(runtime, { mode: 0o700, recursive: true });
    const config = path.join(folder, "bus.conf");
    await writeFile(config, BARE_BUS);
    const bus = spawn(
      "dbus-run-session",
      [`--config-file=${config}`, "--", "sh", "-c", 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat >/dev/null'],
      { stdio: ["pipe", "pipe", "ignore"], env: { PATH: process.env["PATH"] ?? "", HOME: folder } },
    );
    const [address] = (await once(createInterface({ input: bus.stdout }), "line")) as [string];
    return new Keyring(folder, bus, {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      XDG_RUNTIME_DIR: runtime,
      XDG_DATA_HOME: path.join(folder, "data"),
      DBUS_SESSION_BUS_ADDRESS: address,
    });
  }

  /** A session whose keyring is unlocked; all it writes is in `place`, or in a folder of its own. */
  static async open(place?: string): Promise<Keyring> {
    const keyring = await Keyring.openBus(place);
    await keyring.startDaemon();
    return keyring;
  }

  /** Starts the keyring, unlocked by its password before the first request comes. */
  async startDaemon(): Promise<void> {
    const daemon = spawn(
      "gnome-keyring-daemon",
      ["--foreground", "--components=secrets", "--unlock", `--control-directory=${this.#control}`],
      {
        env: this.env,
        stdio: ["pipe", "ignore", "ignore"],
      },
    );
    this.#daemon = daemon;
    daemon.stdin.end(KEYRING_PASSWORD);
    await this.#until(async () => (await this.#call("ReadAlias", "default")).includes("/collection/"));
  }

  async lock(): Promise<void> {
    await this.#call("Lock", "['/org/freedesktop/secrets/collection/login']");
  }

  /** As the login does it: over the daemon's own socket. */
  async unlock(): Promise<void> {
    const password = Buffer.from(KEYRING_PASSWORD);
    const request = Buffer.alloc(12);
    request.writeUInt32BE(request.length + password.length, 0);
    request.writeUInt32BE(UNLOCK, 4);
    request.writeUInt32BE(password.length, 8);
    const socket = connect(path.join(this.#control, "control"));
    // The first byte carries who we are; the kernel adds that by itself.
    socket.write(Buffer.concat([Buffer.alloc(1), request, password]));
    const [answer] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    if (answer.readUInt32BE(4) !== 0)
      throw new Error(`the keyring refused to unlock: ${answer.toString("hex")}`);
  }

  /** Stops the process that owns the service's name on the bus. */
  async freeze(): Promise<void> {
    const { stdout } = await this.#gdbus("org.freedesktop.DBus", "/org/freedesktop/DBus", [
      "org.freedesktop.DBus.GetConnectionUnixProcessID",
      "org.freedesktop.secrets",
    ]);
    const pid = Number(/uint32 (\d+)/.exec(stdout)?.[1]);
    if (pid !== this.#daemon?.pid) throw new Error(`the service belongs to ${pid}, which is not ours`);
    process.kill(pid, "SIGSTOP");
  }

  thaw(): void {
    this.#daemon?.kill("SIGCONT");
  }

  async endDaemon(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === null || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const gone = once(daemon, "exit");
    daemon.kill("SIGKILL");
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endDaemon();
    const gone = once(this.#bus, "exit");
    this.#bus.stdin?.end();
    await gone;
    await rm(this.folder, { recursive: true, force: true });
  }

  get #control(): string {
    return path.join(this.folder, "runtime", "keyring");
  }

  async #call(member: string, argument: string): Promise<string> {
    const { stdout } = await this.#gdbus("org.freedesktop.secrets", "/org/freedesktop/secrets", [
      `org.freedesktop.Secret.Service.${member}`,
      argument,
    ]);
    return stdout;
  }

  #gdbus(dest: string, object: string, [method = "", argument = ""]: readonly string[]) {
    const args = ["call", "--session", "--dest", dest, "--object-path", object, "--method", method, argument];
    return run("gdbus", args, { env: this.env, timeout: 60_000 });
  }

  async #until(isReached: () => Promise<boolean>): Promise<void> {
    const endMs = performance.now() + 60_000;
    while (performance.now() < endMs) {
      // Refused until the service has its name.
      if (await isReached().catch(() => false)) return;
    }
    throw new Error("the keyring did not get ready");
  }
}
