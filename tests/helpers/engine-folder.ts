import { execFile, spawn } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * From now on, when this process is gone however it went, nothing of the engine in `folder` stays.
 *
 * A daemon that ended with its parent would not do: shims, containers and mounts outlive their daemon.
 */
export function watchOverEngine(folder: string): void {
  const watcher = spawn(process.execPath, [join(import.meta.dirname, "engine-watcher.ts"), folder], {
    // A group of its own: what ends a whole group of processes, such as Ctrl-C, must not end this one.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Its input ends with this process, and keeps it from nothing.
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
}

/** Ends every process of the engine in `folder` with its containers, and removes the folder with its mounts. */
export async function clearEngineFolder(folder: string): Promise<void> {
  await endProcessesOf(folder);
  await unmountBelow(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** Shims and monitors outlive their daemon; each names the engine's folder in its arguments. */
async function endProcessesOf(folder: string): Promise<void> {
  const parents = new Map<number, number>();
  const named: number[] = [];
  for (const name of await readdir("/proc")) {
    const pid = Number(name);
    if (!/^\d+$/.test(name) || pid === process.pid) continue;
    const [command, stat] = await Promise.all(
      ["cmdline", "stat"].map((file) => readFile(`/proc/${name}/${file}`, "latin1").catch(() => "")),
    );
    parents.set(pid, Number(/.*\) \S (\d+)/s.exec(stat ?? "")?.[1] ?? 0));
    if (command?.includes(folder) === true) named.push(pid);
  }
  for (const pid of withDescendants(named, parents)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
}

/** Programs of containers name nothing, but hang on their shim. */
function withDescendants(
  roots: readonly number[],
  parents: ReadonlyMap<number, number>,
): ReadonlySet<number> {
  const found = new Set(roots);
  // A set that is walked comes to what is added on the way.
  for (const parent of found) {
    for (const [pid, itsParent] of parents) if (itsParent === parent) found.add(pid);
  }
  return found;
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = await readFile("/proc/self/mounts", "utf8");
  const places = mounts
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((place) => place.startsWith(folder));
  for (const place of places.toReversed()) {
    // One that is in use goes when its last user does.
    await run("umount", ["-l", place]).catch(() => undefined);
  }
}
