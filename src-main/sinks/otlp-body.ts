import type { LogLevel } from "#contract/log.ts";
import { nanosOf, type SinkLine } from "./sink-line.ts";

/** The first number of each range that OpenTelemetry gives a severity. */
const SEVERITIES: Readonly<Record<LogLevel, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
};

interface KeyValue {
  readonly key: string;
  readonly value:
    | { readonly stringValue: string }
    | { readonly intValue: string }
    | { readonly boolValue: boolean };
}

const text = (key: string, value: string): KeyValue => ({ key, value: { stringValue: value } });
const whole = (key: string, value: number): KeyValue => ({ key, value: { intValue: String(value) } });

/** The body of `POST /v1/logs`: an `ExportLogsServiceRequest` in the JSON form of OTLP. */
export function otlpBody(lines: readonly SinkLine[], version: string) {
  const byRun = Map.groupBy(lines, ({ runId }) => runId);
  return {
    resourceLogs: [...byRun].map(([runId, own]) => ({
      resource: {
        attributes: [text("service.name", own[0]?.agent ?? ""), text("service.instance.id", runId)],
      },
      scopeLogs: [{ scope: { name: "pilothouse", version }, logRecords: own.map(recordOf) }],
    })),
  };
}

function recordOf({ runId, line }: SinkLine) {
  const { details } = line;
  const level = details?.level ?? null;
  const arrived = nanosOf(line);
  return {
    timeUnixNano: details?.atMs == null ? arrived : nanosOf({ ...line, atMs: Math.max(0, details.atMs) }),
    observedTimeUnixNano: arrived,
    ...(level === null ? {} : { severityNumber: SEVERITIES[level], severityText: level.toUpperCase() }),
    body: { stringValue: line.text },
    attributes: [
      text("log.iostream", line.stream),
      // The same for the same line, however often it comes.
      text("log.record.uid", `${runId}-${line.number}`),
      whole("pilothouse.line", line.number),
      ...(line.isCut ? [{ key: "pilothouse.cut", value: { boolValue: true } } satisfies KeyValue] : []),
    ],
  };
}
