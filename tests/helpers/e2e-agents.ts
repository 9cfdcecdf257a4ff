import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Program } from "./program.ts";

/** A manifest of a Node agent; `more` is YAML of further keys. */
export function nodeManifest(name: string, more = ""): string {
  return [
    "apiVersion: pilothouse/v1",
    "kind: Agent",
    `name: ${name}`,
    `description: The ${name} of a test`,
    "class: computational",
    "runtimes: { process: { command: [node, main.mjs] } }",
    more,
    "",
  ].join("\n");
}

/** Writes an agent's folder and adds it through the command line. */
export async function addAgent(
  program: Program,
  agent: { readonly name: string; readonly script: string; readonly more?: string },
): Promise<string> {
  const folder = await program.writeAgent(agent.name, nodeManifest(agent.name, agent.more), {
    "main.mjs": agent.script,
  });
  await program.json(["agent", "add", folder]);
  return folder;
}

/** Starts a run through the command line and waits for its end. */
export async function runToEnd(program: Program, agent: string, input?: unknown): Promise<void> {
  const given = input === undefined ? [] : ["--input", JSON.stringify(input)];
  await program.run(["run", agent, ...given, "--wait"]);
}

/** An agent that is obedient: it ends on a soft stop and otherwise never. */
export const WAITING_SCRIPT = `
console.log("ready and waiting");
setInterval(() => {}, 60_000);
`;

/** An agent that hears a soft stop and goes on. */
export const DEAF_SCRIPT = `
process.on("SIGTERM", () => console.log("heard, not doing it"));
process.on("SIGINT", () => {});
console.log("ready and waiting");
setInterval(() => {}, 60_000);
`;

/** An agent that hears a soft stop and takes its time: until the file in GATE is there. */
export const GATED_STOP_SCRIPT = `
import { existsSync } from "node:fs";
process.on("SIGTERM", () => {
  console.log("heard, finishing");
  setInterval(() => existsSync(process.env.GATE) && process.exit(0), 20);
});
console.log("ready and waiting");
setInterval(() => {}, 60_000);
`;

export const FAILING_SCRIPT = `
console.error("the tide table is missing");
process.exitCode = 3;
`;

export const SUCCEEDING_SCRIPT = `console.log("done at once");`;

/** An agent that counts lines until it is told to finish. */
export interface Counter {
  readonly name: string;
  /** Lets it end. */
  finish(): Promise<void>;
  /** How many lines it has written in all; after its end. */
  written(): Promise<number>;
}

/** Adds an agent that writes `tick 00001;` and so on, one line each few milliseconds, until `finish`. */
export async function addCounter(program: Program, everyMs = 15): Promise<Counter> {
  const gate = join(program.folder, "finish");
  const total = join(program.folder, "total");
  const script = `
import { existsSync, writeFileSync } from "node:fs";
const { GATE, TOTAL, EVERY_MS } = process.env;
let count = 0;
const timer = setInterval(() => {
  count += 1;
  console.log("tick " + String(count).padStart(5, "0") + ";");
  if (!existsSync(GATE)) return;
  clearInterval(timer);
  writeFileSync(TOTAL, String(count));
}, Number(EVERY_MS));
`;
  const more = `env: { GATE: ${JSON.stringify(gate)}, TOTAL: ${JSON.stringify(total)}, EVERY_MS: "${everyMs}" }`;
  await addAgent(program, { name: "counter", script, more });
  return {
    name: "counter",
    finish: () => writeFile(gate, ""),
    async written() {
      if (!existsSync(total)) throw new Error("the counter has not ended yet");
      return Number(await readFile(total, "utf8"));
    },
  };
}

/** The lines the counter writes, as numbers, in a text of any kind. */
export function ticksIn(text: string): readonly number[] {
  return [...text.matchAll(/tick (\d{5});/g)].map(([, digits]) => Number(digits));
}

export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
