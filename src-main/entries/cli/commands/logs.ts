import { AppError } from "#contract/errors.ts";
import type { RunId } from "#contract/ids.ts";
import type { LogLine } from "#contract/log.ts";
import type { Run } from "#contract/run.ts";
import type { Call, Command } from "../command.ts";
import type { CoreLink } from "../core-link.ts";
import {
  followLines,
  followMerged,
  foundLines,
  lineDocument,
  lineText,
  mergedLines,
  rawBytes,
  storedLines,
} from "../log-text.ts";
import { type LineWish, readLineWish, WISH_FLAGS } from "../log-wish.ts";

export const logs: Command = {
  path: ["logs"],
  summary: "Print the output of runs",
  notes: [
    "Both streams go to standard output. Escape sequences of the agent are taken out; --raw writes the stored",
    "bytes exactly, in order of arrival, and nothing else. With --json every line is one line of JSON.",
    "Lines of several runs are printed in the order in which they arrived, each behind its agent and run.",
    "Level and fields are those that a line names itself: JSON, logfmt and the usual text formats are understood.",
  ],
  args: [
    {
      name: "RUN",
      isMany: true,
      summary: "Id, its first characters, or @AGENT for its latest run",
      completion: "run",
    },
  ],
  flags: [
    { name: "follow", summary: "Go on until the runs have ended (also -f)" },
    ...WISH_FLAGS,
    { name: "raw", summary: "Write the stored bytes" },
  ],
  examples: [
    "pilothouse logs @price-watcher --follow",
    "pilothouse logs 0k3f --grep ERROR",
    "pilothouse logs 0k3f --level warn --since 10m",
    "pilothouse logs @shop @mailer --regex 'order-\\d+' --follow",
    "pilothouse logs 0k3f --raw > output.bin",
  ],
  async run(call) {
    const wish = readLineWish(call);
    refuseContradictions(call);
    const isFollowing = call.has("follow");
    const link = await call.link();
    if (isFollowing) link.allowYield();
    const [first, ...others] = await runsOf(call, link);
    if (first === undefined) return 0;
    if (call.has("raw")) await printBytes(call, rawBytes(link, first.id, isFollowing));
    else if (others.length > 0) await printMerged(call, { link, wish, runs: [first, ...others] });
    else await printLines(call, linesOf(link, first.id, { wish, isFollowing }));
    return 0;
  },
};

/** The runs that were named, each once. */
async function runsOf(call: Call, link: CoreLink): Promise<readonly Run[]> {
  const runs = new Map<RunId, Run>();
  for (const reference of call.texts("RUN")) {
    const run = await link.ask((client) => client.runs.get.query({ reference }));
    runs.set(run.id, run);
  }
  return [...runs.values()];
}

async function* linesOf(
  link: CoreLink,
  id: RunId,
  { wish, isFollowing }: { wish: LineWish; isFollowing: boolean },
): AsyncGenerator<LogLine> {
  if (isFollowing) {
    for await (const line of followLines(link, id)) if (wish.fits(line)) yield line;
  } else yield* wish.isEverything ? storedLines(link, id) : foundLines(link, id, wish);
}

async function printBytes({ terminal }: Call, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of pieces) {
    await terminal.bytes(bytes);
    if (terminal.closed.aborted) return;
  }
}

async function printLines({ isJson, terminal }: Call, lines: AsyncIterable<LogLine>): Promise<void> {
  for await (const line of lines) {
    await (isJson ? terminal.document(lineDocument(line)) : terminal.line(lineText(line)));
    if (terminal.closed.aborted) return;
  }
}

const SHORT_ID_CHARS = 8;

async function printMerged(
  call: Call,
  { link, wish, runs }: { link: CoreLink; wish: LineWish; runs: readonly Run[] },
): Promise<void> {
  const { isJson, terminal } = call;
  const names = new Map(runs.map(({ id, agent }) => [id, `${agent} ${id.slice(0, SHORT_ID_CHARS)}`]));
  const ids = runs.map(({ id }) => id);
  const lines = call.has("follow") ? followMerged(link, ids) : mergedLines(link, ids);
  for await (const { runId, line } of lines) {
    if (!wish.fits(line)) continue;
    const name = terminal.colour(`${names.get(runId) ?? runId} |`, "grey");
    await (isJson
      ? terminal.document({ run: runId, ...lineDocument(line) })
      : terminal.line(`${name} ${lineText(line)}`));
    if (terminal.closed.aborted) return;
  }
}

const FILTERS = WISH_FLAGS.map(({ name }) => name);

function refuseContradictions(call: Call): void {
  if (!call.has("raw")) return;
  if (call.terminal.isInteractive) {
    throw new AppError(
      "usage.invalid",
      "--raw writes bytes that could act on this terminal; send them to a file: --raw > FILE",
      {
        details: { argument: "--raw", problem: "would write to a terminal", expected: "--raw > FILE" },
      },
    );
  }
  const filter = FILTERS.find((name) => call.has(name));
  if (filter !== undefined) {
    throw new AppError("usage.invalid", `--raw writes every byte, so --${filter} cannot be used with it`, {
      details: { argument: `--${filter}`, problem: "cannot be used with --raw", expected: "one of the two" },
    });
  }
  if (call.texts("RUN").length > 1) {
    throw new AppError("usage.invalid", "--raw writes the bytes of one run", {
      details: { argument: "RUN", problem: "is more than one", expected: "one run" },
    });
  }
}
