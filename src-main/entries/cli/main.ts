import { homedir, tmpdir } from "node:os";
import { AppError, ERROR_CATALOGUE } from "#contract/errors.ts";
import {
  AppLog,
  DataFolder,
  type FolderPlace,
  resolveDataFolder,
  SystemClock,
} from "#main/platform/index.ts";
import { adviceFor } from "./advice.ts";
import { createBugReport } from "./bug-report.ts";
import type { Call } from "./command.ts";
import { asksForJson, type CommandLine, readCommandLine } from "./command-line.ts";
import { COMMANDS } from "./command-table.ts";
import type { CoreLink } from "./core-link.ts";
import { helpOf, overview } from "./help.ts";
import { Interrupted, Interrupts } from "./interrupts.ts";
import { Keyboard } from "./keyboard.ts";
import { readSecret } from "./secret-input.ts";
import { Terminal } from "./terminal.ts";

const argv = process.argv.slice(2);
const place: FolderPlace = {
  platform: process.platform,
  env: process.env,
  home: homedir(),
  tmp: tmpdir(),
};
const terminal = new Terminal({ stdout: process.stdout, stderr: process.stderr, env: process.env });
const interrupts = new Interrupts();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => interrupts.raise(signal));
}
/** The data folder in use, as far as it is known yet. */
let data = new DataFolder(resolveDataFolder(place), place);
// Something failed where nobody waited for it. What is stored is safe at every moment, so ending is the safe answer.
process.on("uncaughtException", (error) => {
  void reportBug(error)
    .then(tell)
    .then((code) => process.exit(code));
});

/** Runs what was typed and says what became of it. Never throws. */
async function main(): Promise<number> {
  try {
    const line = readCommandLine(argv, COMMANDS);
    if ("helpFor" in line) {
      await terminal.line(line.helpFor === null ? overview(COMMANDS) : helpOf(line.helpFor));
      return 0;
    }
    const folder = line.flags.get("data");
    if (folder !== undefined) data = new DataFolder(folder, place);
    return await execute(line);
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    return tell(error instanceof AppError ? error : await reportBug(error));
  }
}

async function execute({ command, flags, many, words }: CommandLine): Promise<number> {
  const clock = new SystemClock();
  await using links = new AsyncDisposableStack();
  const openLink = async (mayStartCore: boolean): Promise<CoreLink> => {
    const { CoreLink } = await import("./core-link.ts");
    const startOwn = async (mayYield: () => boolean) => {
      const { startOwnCore } = await import("./own-core.ts");
      return startOwnCore({ data, place, clock }, mayYield);
    };
    const link = links.use(new CoreLink({ data, clock, startOwn: mayStartCore ? startOwn : null }));
    await link.start();
    return link;
  };
  const isJson = flags.has("json");
  const call: Call = {
    text: (name) => words.get(name) ?? flags.get(name) ?? "",
    texts: (name) => many.get(name) ?? [],
    has: (flag) => flags.has(flag),
    isJson,
    readSecret: (prompt) => readSecret({ input: process.stdin, terminal, interrupts }, prompt),
    hasPerson: process.stdin.isTTY === true,
    terminal,
    keyboard: new Keyboard({ input: process.stdin, output: process.stdout }),
    clock,
    data,
    place,
    interrupts,
    link: () => openLink(true),
    attach: () => openLink(false),
    answer: (document, text) => (isJson ? terminal.document(document) : terminal.line(text)),
  };
  return await Promise.race([command.run(call), interrupts.interrupted]);
}

/** Standard error says it to people; with `--json` standard output says it to programs. */
async function tell({ code, details, message }: AppError): Promise<number> {
  const advice = adviceFor(code, details);
  terminal.note(`${terminal.colour("error:", "red")} ${message}`);
  if (advice !== "") terminal.note(`  ${advice}`);
  terminal.note(`  (${code})`);
  if (asksForJson(argv)) await terminal.document({ error: { code, message, details } });
  return ERROR_CATALOGUE[code].exit;
}

async function reportBug(error: unknown): Promise<AppError> {
  const log = new AppLog({ file: data.appLog, clock: new SystemClock() });
  const incident = createBugReport(log)(error, "command line");
  // Where there is no log to write to, the person is all that is left.
  await log.flush().catch(() => terminal.note(error instanceof Error ? String(error.stack) : String(error)));
  return new AppError("app.bug", `Unexpected failure; incident ${incident}`, {
    details: { incident },
    cause: error,
  });
}

// No await at the top: a piece of the build that is loaded late may share code with this module, and would wait
// for it to finish while it waits for the piece.
void main().then(async (exitCode) => {
  await terminal.flush();
  process.exit(exitCode);
});
