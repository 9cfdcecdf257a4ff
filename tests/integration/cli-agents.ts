import type { Program } from "#tests/helpers/program.ts";

/** A manifest of an agent whose program is `main.mjs`, run by the Node that runs the tests. */
export function nodeManifest(name: string, more = ""): string {
  return [
    "apiVersion: pilothouse/v1",
    "kind: Agent",
    `name: ${name}`,
    "class: computational",
    "runtimes:",
    "  process:",
    `    command: [${JSON.stringify(process.execPath)}, main.mjs]`,
    more,
  ].join("\n");
}

interface NodeAgent {
  readonly name: string;
  readonly script: string;
  /** More lines of its manifest. */
  readonly more?: string;
}

/** Adds an agent that runs a script. */
export async function addAgent(program: Program, { name, script, more = "" }: NodeAgent): Promise<void> {
  const folder = await program.writeAgent(name, nodeManifest(name, more), { "main.mjs": script });
  await program.json(["agent", "add", folder]);
}

/** Ends by itself with the exit code of its input. */
export const ENDING = `
const { exitCode = 0 } = JSON.parse(process.env.PILOTHOUSE_INPUT);
console.log("hello");
console.error("to the other stream");
process.exitCode = exitCode;
`;

/** Runs until it is stopped. */
export const LASTING = `
console.log("ready");
setInterval(() => {}, 1000);
process.on("SIGTERM", () => process.exit(0));
`;

/** Prints 300 numbered lines over about three seconds. */
export const COUNTING = `
for (let line = 1; line <= 300; line += 1) {
  console.log("line " + line);
  await new Promise((resolve) => setTimeout(resolve, 10));
}
`;

/** The part of a run's JSON that the tests look at. */
export interface RunJson {
  readonly id: string;
  readonly agent: string;
  readonly state: string;
  readonly exitCode: number | null;
  readonly reason: string | null;
  readonly reasonCode: string | null;
}
