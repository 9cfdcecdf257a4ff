import { findProgram } from "#main/program.ts";
import type { Command } from "../command.ts";

export const version: Command = {
  path: ["version"],
  summary: "Show the version",
  args: [],
  flags: [],
  examples: ["pilothouse version --json"],
  async run(call) {
    const program = findProgram(import.meta.dirname);
    const node = process.versions.node;
    await call.answer(
      { version: program.version, node, platform: `${process.platform}-${process.arch}` },
      `pilothouse ${program.version} (Node ${node}, ${process.platform}-${process.arch})`,
    );
    return 0;
  },
};
