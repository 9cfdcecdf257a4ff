import { spawn } from "node:child_process";
import { LaunchError } from "../../bin/runtime.mjs";

const TAIL_CHARS = 4_000;

/**
 * Runs a tool without a shell and gives what it printed.
 *
 * @throws LaunchError with the end of its output when it cannot be started or fails
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<string> {
  const child = spawn(command, [...args], {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  let output = "";
  const keep = (text: string) => {
    output += text;
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) => reject(new LaunchError(`${command} cannot be started: ${error.message}`)));
    child.on("close", resolve);
  });
  if (code !== 0)
    throw new LaunchError(`${command} failed with ${code}:\n${output.slice(-TAIL_CHARS).trim()}`);
  return output;
}
