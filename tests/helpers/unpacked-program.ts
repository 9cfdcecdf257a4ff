import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A program that was unpacked from an archive, serving its page. */
export interface UnpackedProgram extends AsyncDisposable {
  readonly url: string;
  readonly signIn: string;
  /** Runs its command line with the same home folder. */
  command(args: readonly string[]): Promise<{ stdout: string }>;
}

/** Starts `bin/pilothouse serve` of an unpacked program with the pinned Node and nothing else of this project. */
export async function startIn({
  home,
  program,
}: {
  home: string;
  program: string;
}): Promise<UnpackedProgram> {
  const file = join(program, "bin", "pilothouse");
  const options = {
    cwd: home,
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home, LANG: "C.UTF-8" },
  };
  const child = spawn(file, ["serve", "--no-open", "--json"], {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close").then(() => {
    throw new Error(`the unpacked program ended: ${stderr}`);
  });
  const [line] = await Promise.race([once(createInterface(child.stdout), "line"), closed]);
  // It ends when the test is over, and nobody waits for that here.
  closed.catch(() => undefined);
  const { signIn, url } = JSON.parse(String(line)) as { signIn: string; url: string };
  return {
    url,
    signIn,
    command: (args) => run(file, [...args], options),
    [Symbol.asyncDispose]: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "close");
}
