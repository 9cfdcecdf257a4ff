import { execFile } from "node:child_process";
import { access, constants, readFile, statfs } from "node:fs/promises";
import { cpus, release, totalmem, type } from "node:os";
import path from "node:path";
import { formatSize } from "#core/units.ts";

export interface ComputerFactsDeps {
  readonly dataFolder: string;
  readonly nodeExecutable: string;
  readonly nodeEnvironment: Readonly<Record<string, string>>;
  /** What Pilothouse was started with; only its search path is read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

export interface FreeSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** A program that only says its version answers at once or is broken. */
const TOOL_DEADLINE_MS = 5_000;

const BROWSERS: Readonly<Record<string, readonly string[]>> = {
  linux: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"],
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  win32: [
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
  ],
};

/** What can be seen of the computer the core runs on. Every answer is looked up when it is asked for. */
export class ComputerFacts {
  readonly #deps: ComputerFactsDeps;

  constructor(deps: ComputerFactsDeps) {
    this.#deps = deps;
  }

  get cores(): number {
    return cpus().length;
  }

  get memoryBytes(): number {
    return totalmem();
  }

  /** Name and version of the system for people. */
  async system(): Promise<string> {
    const text = await readFile("/etc/os-release", "utf8").catch(() => "");
    const name = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(text)?.[1];
    return name ?? `${type()} ${release()}`;
  }

  /** @throws what the system says when the data folder is gone */
  async space(): Promise<FreeSpace> {
    const { bavail, blocks, bsize } = await statfs(this.#deps.dataFolder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  }

  /** Version of the Python that agents get when they ask for none in particular; null when there is none. */
  async python(): Promise<string | null> {
    const names = this.#deps.platform === "win32" ? ["python.exe", "py.exe"] : ["python3", "python"];
    for (const name of names) {
      const program = await this.#find(name);
      const version = program === null ? null : await this.#version(program);
      if (version !== null) return version.replace(/^Python /, "");
    }
    return null;
  }

  /** Version of the Node that watches runs; null when it cannot be started. */
  async node(): Promise<string | null> {
    return await this.#version(this.#deps.nodeExecutable, this.#deps.nodeEnvironment);
  }

  /** Path of an installed browser; null when none was found. */
  async browser(): Promise<string | null> {
    for (const name of BROWSERS[this.#deps.platform] ?? BROWSERS["linux"] ?? []) {
      const program = await this.#find(name);
      if (program !== null) return program;
    }
    return null;
  }

  /** How limits can be enforced here. */
  async cgroups(): Promise<"writable" | "read-only" | "none"> {
    if (this.#deps.platform !== "linux") return "none";
    const roots = ["/sys/fs/cgroup/cgroup.controllers", "/sys/fs/cgroup/memory", "/sys/fs/cgroup"];
    const states = await Promise.all(
      roots.map(async (root) => [await can(root, constants.F_OK), root] as const),
    );
    const root = states.find(([isThere]) => isThere)?.[1];
    if (root === undefined) return "none";
    const folder = root.endsWith("controllers") ? path.dirname(root) : root;
    return (await can(folder, constants.W_OK)) ? "writable" : "read-only";
  }

  /** Everything, in the order in which people look for it. */
  async all(): Promise<readonly { readonly key: string; readonly value: string }[]> {
    const [system, python, node, browser, cgroups, space] = await Promise.all([
      this.system(),
      this.python(),
      this.node(),
      this.browser(),
      this.cgroups(),
      this.space().catch(() => null),
    ]);
    const disk =
      space === null ? "not known" : `${formatSize(space.freeBytes)} of ${formatSize(space.totalBytes)} free`;
    return [
      { key: "system", value: system },
      { key: "cores", value: String(this.cores) },
      { key: "memory", value: formatSize(this.memoryBytes) },
      { key: "disk", value: disk },
      { key: "python", value: python ?? "not found" },
      { key: "node", value: node ?? "not found" },
      { key: "browser", value: browser ?? "not found" },
      { key: "cgroups", value: cgroups },
    ];
  }

  async #find(name: string): Promise<string | null> {
    if (path.isAbsolute(name)) return (await can(name, constants.X_OK)) ? name : null;
    const { environment } = this.#deps;
    const folders = (environment["PATH"] ?? environment["Path"] ?? "").split(path.delimiter);
    for (const folder of folders.filter((each) => path.isAbsolute(each))) {
      const program = path.join(folder, name);
      if (await can(program, constants.X_OK)) return program;
    }
    return null;
  }

  async #version(program: string, env: Readonly<Record<string, string>> = {}): Promise<string | null> {
    return await new Promise((resolve) => {
      const options = { timeout: TOOL_DEADLINE_MS, env: { ...env }, windowsHide: true } as const;
      execFile(program, ["--version"], options, (error, stdout, stderr) => {
        const [line = ""] = (stdout.trim() === "" ? stderr : stdout).trim().split("\n");
        resolve(error === null && line !== "" ? line : null);
      });
    });
  }
}

async function can(file: string, mode: number): Promise<boolean> {
  return await access(file, mode).then(
    () => true,
    () => false,
  );
}
