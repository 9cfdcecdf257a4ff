import type { LogLine, LogStats } from "#contract/log.ts";
import type { LogKeeping } from "#contract/log-keeping.ts";
import type { Settings } from "#contract/system.ts";
import type { KeepingFace, LogsFace } from "#main/rpc/index.ts";

/** The procedures about several logs and about what is stored, for a log of lines that somebody made up. */
export function scriptedLogFaces(
  linesOf: () => readonly LogLine[],
): Pick<LogsFace, "find" | "mergedPage" | "followMany" | "lineStretch" | "stats" | "totals" | "mark"> {
  const statsOf = (runId: LogStats["runId"]): LogStats => ({
    runId,
    lineCount: linesOf().length,
    sizeBytes: 18_432,
    storedBytes: 2_048,
    firstAtMs: linesOf()[0]?.atMs ?? null,
    lastAtMs: linesOf().at(-1)?.atMs ?? null,
    isEnd: false,
    isPinned: false,
    encoding: "utf-8",
    levels: [],
    gapCount: 0,
  });
  return {
    async *find({ runIds, text, limit }) {
      const fitting = linesOf().filter((line) => line.text.includes(text));
      const hits = runIds.flatMap((runId) =>
        fitting.map((line) => ({ runId, number: line.number, atMs: line.atMs, line })),
      );
      const spans = runIds.flatMap((runId) =>
        fitting.map(({ number }) => ({ runId, from: number, to: number, count: 1 })),
      );
      const figures = { count: hits.length, spans, searchedBytes: 18_432, totalBytes: 18_432 };
      yield { hits: hits.slice(0, limit), ...figures, isEnd: true };
    },
    async mergedPage({ runIds: [runId], place, limit }) {
      if (runId === undefined) throw new Error("no run was named");
      const before = place?.[runId] ?? 0;
      const some = linesOf().slice(before, before + limit);
      return {
        lines: some.map((line) => ({ runId, line })),
        start: { [runId]: before },
        end: { [runId]: before + some.length },
        lineCount: linesOf().length,
        before,
        isEnd: false,
      };
    },
    async *followMany({ runIds = [] }, signal) {
      const lines = runIds.flatMap((runId) => linesOf().map((line) => ({ runId, line })));
      const id = runIds.map((runId) => `${runId}=${linesOf().length}`).join(",");
      yield { batch: { lines, partials: [], ended: [], isEnd: false }, id };
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    },
    lineStretch: async ({ number }) => {
      const text = linesOf()[number - 1]?.text ?? "";
      return { text, nextByte: null, sizeBytes: Buffer.byteLength(text) };
    },
    stats: async (runId) => statsOf(runId),
    totals: async () => ({ runCount: 1, storedBytes: 2_048 }),
    mark: async ({ runId }) => statsOf(runId),
  };
}

/** How long logs are kept, for limits that somebody keeps as settings; removes nothing. */
export function scriptedKeeping(settings: {
  get(): Settings;
  change(change: Partial<Settings>): void;
}): KeepingFace {
  const keeping = async (): Promise<LogKeeping> => {
    const { logLimitsByAgent, logMaxAgeDays, logMaxBytes } = settings.get();
    return {
      maxAgeDays: logMaxAgeDays,
      maxBytes: logMaxBytes,
      byAgent: logLimitsByAgent,
      runCount: 212,
      storedBytes: 3 * 1024 ** 3,
      ownLogBytes: 640 * 1024,
      lastTidy: null,
    };
  };
  return {
    keeping,
    pinned: () => [],
    setLimits: ({ agent, maxAgeDays, maxBytes }) => {
      if (agent === undefined) {
        settings.change({ logMaxAgeDays: maxAgeDays ?? 30, logMaxBytes: maxBytes ?? 10 * 1024 ** 3 });
      } else {
        const own = { maxAgeDays: maxAgeDays ?? undefined, maxBytes: maxBytes ?? undefined };
        settings.change({ logLimitsByAgent: { ...settings.get().logLimitsByAgent, [agent]: own } });
      }
      return keeping();
    },
    tidy: async () => ({ atMs: Date.now(), removedLogs: 0, freedBytes: 0, removedReleases: 0 }),
  };
}
