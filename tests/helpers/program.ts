import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { COMPILED_FOLDER, ROOT } from "../../bin/runtime.mjs";

const CLI = join(ROOT, "dist", "main", "cli.js");

/** What a command said and how it ended. */
export interface CommandResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What comes on standard input; nothing when absent. */
  readonly input?: string;
}

/** A command that is running. */
export interface RunningCommand extends AsyncDisposable {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly result: Promise<CommandResult>;
  /** Standard output so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with standard output once `isThere` holds for it; rejects when the command ends first. */
  untilStdout(isThere: (text: string) => boolean): Promise<string>;
  untilStderr(isThere: (text: string) => boolean): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

/** A core with its page, started by `pilothouse serve`. */
export interface ServedProgram extends AsyncDisposable {
  readonly url: string;
  /** The one-time address it printed. */
  readonly signIn: string;
  readonly command: RunningCommand;
}

/**
 * The built program on a data folder of its own, driven as a person or a script drives it.
 *
 * Disposing it stops every run that is still live, ends every process it started, and removes the folder.
 */
export interface Program extends AsyncDisposable {
  readonly folder: string;
  /** The data folder; not there before the first command. */
  readonly data: string;
  start(args: readonly string[], options?: CommandOptions): RunningCommand;
  /** Program and arguments of a command, for what starts it another way. */
  commandLine(args: readonly string[]): readonly [string, ...string[]];
  run(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Runs with `--json` and expects one document and exit code 0. */
  json(args: readonly string[]): Promise<unknown>;
  serve(args?: readonly string[]): Promise<ServedProgram>;
  /** Writes an agent's folder; `files` beside its `agent.yaml`. */
  writeAgent(name: string, manifest: string, files?: Readonly<Record<string, string>>): Promise<string>;
}

let built: Promise<unknown> | null = null;

/** Builds what is stale, once per test process. `npm test` has done it before and says so. */
export function ensureBuilt(): Promise<unknown> {
  if (process.env["PILOTHOUSE_ASSUME_BUILT"] === "1") return Promise.resolve();
  built ??= promisify(execFile)(process.execPath, [join(ROOT, "scripts", "build.ts")]);
  return built;
}

/** @param environment what every command gets besides the least it needs */
export async function createProgram(environment: Readonly<Record<string, string>> = {}): Promise<Program> {
  await ensureBuilt();
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-program-"));
  const data = join(folder, "data");
  const commands = new Set<RunningCommand>();
  const start = (args: readonly string[], options: CommandOptions = {}) => {
    const env = { ...environment, ...options.env };
    const command = startCommand(["--data", data, ...args], { cwd: folder, ...options, env });
    commands.add(command);
    return command;
  };
  const run = (args: readonly string[], options?: CommandOptions) => start(args, options).result;
  return {
    folder,
    data,
    start,
    commandLine: (args) => [process.execPath, CLI, "--data", data, ...args],
    run,
    async json(args) {
      const { code, stdout, stderr } = await run([...args, "--json"]);
      if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as unknown;
    },
    async serve(args = []) {
      const command = start(["serve", "--no-open", "--json", ...args]);
      const text = await command.untilStdout((output) => output.includes("\n"));
      const { url, signIn } = JSON.parse(text.split("\n", 1)[0] ?? "") as { url: string; signIn: string };
      return { url, signIn, command, [Symbol.asyncDispose]: () => command[Symbol.asyncDispose]() };
    },
    async writeAgent(name, manifest, files = {}) {
      const agent = join(folder, "agents", name);
      await mkdir(agent, { recursive: true });
      await writeFile(join(agent, "agent.yaml"), manifest);
      for (const [file, text] of Object.entries(files)) await writeFile(join(agent, file), text);
      return agent;
    },
    async [Symbol.asyncDispose]() {
      // To ask takes a core, so nobody asks where no run can be live.
      if ([...commands].some(isRunning) || (await hasRunFolders(data))) await stopRuns(run);
      for (const command of commands) await command[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function isRunning({ process: { exitCode, signalCode } }: RunningCommand): boolean {
  return exitCode === null && signalCode === null;
}

async function hasRunFolders(data: string): Promise<boolean> {
  const places = ["runs", "engines"].map((name) => readdir(join(data, name)).catch(() => []));
  return (await Promise.all(places)).some((names) => names.length > 0);
}

async function stopRuns(run: Program["run"]): Promise<void> {
  const listed = await run(["runs", "--state", "queued,starting,running,stopping,disconnected", "--json"]);
  // A folder that cannot be opened has no runs of ours.
  if (listed.code !== 0) return;
  const runs = JSON.parse(listed.stdout) as { id: string }[];
  await Promise.all(runs.map(({ id }) => run(["stop", id, "--force"])));
}

function startCommand(args: readonly string[], options: CommandOptions): RunningCommand {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: options.cwd,
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      LANG: "C.UTF-8",
      // As `bin/command.mjs` does for a person.
      NODE_COMPILE_CACHE: COMPILED_FOLDER,
      ...options.env,
    },
  });
  const { pid } = child;
  if (pid === undefined || child.stdout === null || child.stderr === null) {
    throw new Error("the program could not be started");
  }
  child.stdin?.end(options.input);
  const stdout = new Gathered(child.stdout);
  const stderr = new Gathered(child.stderr);
  const result = once(child, "close").then(
    ([code]): CommandResult => ({ code: code as number | null, stdout: stdout.text, stderr: stderr.text }),
  );
  const until = (output: Gathered) => (isThere: (text: string) => boolean) =>
    Promise.race([
      output.until(isThere),
      result.then(({ code }) => {
        if (isThere(output.text)) return output.text;
        throw new Error(`${args.join(" ")} ended with ${code}: ${stdout.text}${stderr.text}`);
      }),
    ]);
  return {
    pid,
    process: child,
    result,
    get stdout() {
      return stdout.text;
    },
    get stderr() {
      return stderr.text;
    },
    untilStdout: until(stdout),
    untilStderr: until(stderr),
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await result;
    },
  };
}

/** The text of a stream so far, and waiting for more of it. */
class Gathered {
  text = "";
  readonly #stream: NodeJS.ReadableStream;

  constructor(stream: NodeJS.ReadableStream) {
    this.#stream = stream;
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      this.text += chunk;
    });
  }

  until(isThere: (text: string) => boolean): Promise<string> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isThere(this.text)) return;
        this.#stream.off("data", look);
        resolve(this.text);
      };
      this.#stream.on("data", look);
      look();
    });
  }
}
