import { AppError } from "#contract/errors.ts";
import type { LogStats } from "#contract/log.ts";
import type { Run } from "#contract/run.ts";
import { formatSize } from "#core/units.ts";
import type { Command } from "../command.ts";
import type { CoreLink } from "../core-link.ts";
import { table } from "../table.ts";

const RUNS_SHOWN = 20;

export const logsStats: Command = {
  path: ["logs", "stats"],
  summary: "Say how much room logs take",
  notes: ["All logs together, and those of the latest runs one by one."],
  args: [],
  flags: [],
  examples: ["pilothouse logs stats", "pilothouse logs stats --json"],
  async run(call) {
    const link = await call.link();
    const totals = await link.ask((client) => client.logs.totals.query());
    const { runs } = await link.ask((client) => client.runs.list.query({ limit: RUNS_SHOWN }));
    const rows: { run: Run; stats: LogStats }[] = [];
    for (const run of runs) {
      const stats = await findStats(link, run);
      if (stats !== null) rows.push({ run, stats });
    }
    const text = [
      `${totals.runCount} logs take ${formatSize(totals.storedBytes)}`,
      ...(rows.length === 0 ? [] : ["", table([HEADS, ...rows.map(rowOf)])]),
    ];
    await call.answer({ ...totals, runs: rows.map(({ stats }) => stats) }, text.join("\n"));
    return 0;
  },
};

const HEADS = ["RUN", "AGENT", "LINES", "PRINTED", "STORED", "MARKS"];

function rowOf({ run, stats }: { run: Run; stats: LogStats }): string[] {
  const marks = [
    ...(stats.isPinned ? ["pinned"] : []),
    ...(stats.encoding === "utf-8" ? [] : [stats.encoding]),
    ...(stats.gapCount === 0 ? [] : [stats.gapCount === 1 ? "1 gap" : `${stats.gapCount} gaps`]),
  ];
  const sizes = [formatSize(stats.sizeBytes), formatSize(stats.storedBytes)];
  return [run.id, run.agent, String(stats.lineCount), ...sizes, marks.join(", ")];
}

/** Null for a run whose log was removed, or never begun. */
async function findStats(link: CoreLink, { id }: Run): Promise<LogStats | null> {
  try {
    return await link.ask((client) => client.logs.stats.query({ runId: id }));
  } catch (error) {
    if (error instanceof AppError && error.code === "log.not_found") return null;
    throw error;
  }
}
