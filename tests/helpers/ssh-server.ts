import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);
const SSHD = "/usr/sbin/sshd";
const SSH = "/usr/bin/ssh";
/** Where the daemon locks itself in before anybody has signed in; Debian's service makes it, and nobody else. */
const EMPTY_FOLDER = "/run/sshd";
const LOOK_MS = 20;

/** A real sshd on this computer with a key of its own, which lets in one key and nothing else. */
export interface SshServer extends AsyncDisposable {
  readonly user: string;
  readonly port: number;
  /**
   * A folder for `PATH` with the ssh command of somebody: the real one, with a configuration of its own instead of
   * that of whoever runs the tests.
   */
  commandOf(who: SshUser): Promise<string>;
  /** How many have signed in since it was made. */
  connections(): number;
  /** How many connections there are now. */
  open(): Promise<number>;
  /** Ends it with every connection, and starts it on the same port. */
  restart(): Promise<void>;
}

export interface SshUser {
  /** Whether the server is among the known hosts. */
  readonly knowsHost: boolean;
  /** Whether the server lets the key in. */
  readonly isAllowed: boolean;
}

/** @param environment what commands find that are run over the connection */
export async function startSshServer(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<SshServer> {
  await mkdir(folder);
  const keys = {
    host: join(folder, "host"),
    allowed: join(folder, "allowed"),
    stranger: join(folder, "stranger"),
  };
  for (const file of Object.values(keys))
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await mkdir(EMPTY_FOLDER, { recursive: true });
  const port = await freePort();
  const config = join(folder, "sshd_config");
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${keys.host}`,
    `AuthorizedKeysFile ${keys.allowed}.pub`,
    "PidFile none",
    // The keys lie in a temporary folder, which others may write to.
    "StrictModes no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    `UsePAM ${isRoot ? "yes" : "no"}`,
    `SetEnv ${Object.entries(environment)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ")}`,
  ];
  await writeFile(config, `${lines.join("\n")}\n`);
  let said = "";
  const start = async () => {
    const started = spawn(SSHD, ["-D", "-e", "-f", config], { stdio: ["ignore", "ignore", "pipe"] });
    started.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    await listens(port, started, () => said);
    return started;
  };
  let daemon = await start();
  const hostKey = (await readFile(`${keys.host}.pub`, "utf8")).trim();
  return {
    user: userInfo().username,
    port,
    async commandOf({ isAllowed, knowsHost }) {
      const bin = join(
        folder,
        `bin-${isAllowed ? "allowed" : "stranger"}-${knowsHost ? "known" : "unknown"}`,
      );
      await mkdir(bin, { recursive: true });
      const known = join(bin, "known_hosts");
      await writeFile(known, knowsHost ? `[127.0.0.1]:${port} ${hostKey}\n` : "");
      const own = [
        `UserKnownHostsFile ${known}`,
        "GlobalKnownHostsFile none",
        `IdentityFile ${isAllowed ? keys.allowed : keys.stranger}`,
        "IdentitiesOnly yes",
        "IdentityAgent none",
      ];
      await writeFile(join(bin, "config"), `${own.join("\n")}\n`);
      await writeFile(join(bin, "ssh"), `#!/bin/sh\nexec ${SSH} -F ${bin}/config "$@"\n`);
      await chmod(join(bin, "ssh"), 0o755);
      return bin;
    },
    connections: () => said.match(/^Accepted publickey/gm)?.length ?? 0,
    open: async () => (await childrenOf(daemon)).length,
    async restart() {
      const sessions = await childrenOf(daemon);
      await end(daemon);
      for (const pid of sessions) process.kill(pid, "SIGTERM");
      daemon = await start();
    },
    [Symbol.asyncDispose]: () => end(daemon),
  };
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = once(daemon, "exit");
  daemon.kill("SIGTERM");
  await ended;
}

/** A process for each connection. */
async function childrenOf({ pid }: ChildProcess): Promise<readonly number[]> {
  // It ends with 1 when there are none.
  const { stdout } = await run("ps", ["--ppid", String(pid), "-o", "pid="]).catch(() => ({ stdout: "" }));
  return stdout.split("\n").flatMap((line) => (line.trim() === "" ? [] : [Number(line)]));
}

async function listens(port: number, daemon: ChildProcess, said: () => string): Promise<void> {
  while (daemon.exitCode === null && daemon.signalCode === null) {
    const connection = connect(port, "127.0.0.1");
    try {
      await once(connection, "connect");
      return;
    } catch {
      // It is not that far yet.
      await wait(LOOK_MS);
    } finally {
      connection.destroy();
    }
  }
  throw new Error(`sshd ended: ${said()}`);
}
