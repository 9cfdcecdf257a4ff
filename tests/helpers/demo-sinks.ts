import { AppError } from "#contract/errors.ts";
import { type LogSink, type SetSink, type SinkName, setSinkSchema } from "#contract/log-sink.ts";
import type { SinksFace } from "#main/rpc/index.ts";
import { DEMO_NOW_MS } from "./demo-data.ts";

const NOTHING_SENT = {
  sinceMs: DEMO_NOW_MS - 86_400_000,
  state: "idle",
  lastSentAtMs: null,
  sentLines: 0,
  refusedLines: 0,
  missedLogs: 0,
  waitingBytes: 0,
  waitingRuns: 0,
  trouble: null,
  retryAtMs: null,
} as const satisfies Omit<LogSink, keyof SetSink>;

const ARCHIVE = setSinkSchema.parse({
  name: "archive",
  target: { kind: "file", folder: "/srv/logs/pilothouse" },
});
const COLLECTOR = setSinkSchema.parse({
  name: "collector",
  target: { kind: "otlp", url: "https://otel.example.com:4318", credential: "collector-key" },
});
const LOKI = setSinkSchema.parse({
  name: "loki",
  target: { kind: "loki", url: "https://loki.example.com", credential: null, tenant: "ops" },
  agents: ["price-watcher"],
  isOn: false,
});

function firstSinks(scenario: "empty" | "full" | "failing"): readonly LogSink[] {
  if (scenario === "empty") return [];
  const archive: LogSink = {
    ...NOTHING_SENT,
    ...ARCHIVE,
    lastSentAtMs: DEMO_NOW_MS - 4_000,
    sentLines: 1_284_311,
  };
  const loki: LogSink = {
    ...NOTHING_SENT,
    ...LOKI,
    state: "off",
    sentLines: 40_112,
    lastSentAtMs: DEMO_NOW_MS - 86_400_000,
  };
  if (scenario === "full") {
    const sent = { lastSentAtMs: DEMO_NOW_MS - 1_000, sentLines: 902_544 };
    return [
      archive,
      { ...NOTHING_SENT, ...COLLECTOR, ...sent, state: "sending", waitingBytes: 48_120 },
      loki,
    ];
  }
  const problem = "connect ECONNREFUSED 10.4.0.17:4318";
  return [
    archive,
    {
      ...NOTHING_SENT,
      ...COLLECTOR,
      state: "failing",
      lastSentAtMs: DEMO_NOW_MS - 5_400_000,
      sentLines: 902_544,
      refusedLines: 12,
      missedLogs: 1,
      waitingBytes: 730 * 1024 ** 2,
      waitingRuns: 14,
      trouble: {
        code: "sink.unreachable",
        message: `collector: ${problem}`,
        details: { sink: "collector", problem },
        atMs: DEMO_NOW_MS - 40_000,
      },
      retryAtMs: DEMO_NOW_MS + 180_000,
    },
    loki,
  ];
}

/** Sinks that somebody made up; they can be changed and send nothing. */
export function createDemoSinks(scenario: "empty" | "full" | "failing"): SinksFace {
  const sinks = new Map<SinkName, LogSink>(firstSinks(scenario).map((sink) => [sink.name, sink]));
  return {
    list: async () => [...sinks.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    set: async (request) => {
      const known = sinks.get(request.name) ?? { ...NOTHING_SENT, ...request };
      const sink: LogSink = { ...known, ...request, state: request.isOn ? "idle" : "off" };
      sinks.set(request.name, sink);
      return sink;
    },
    remove: async (name) => {
      sinks.delete(name);
    },
    test: async (name) => {
      const trouble = sinks.get(name)?.trouble ?? null;
      if (trouble !== null) throw new AppError(trouble.code, trouble.message, { details: trouble.details });
      return { name, tookMs: 84 };
    },
  };
}
