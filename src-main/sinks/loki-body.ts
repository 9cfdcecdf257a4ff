import { nanosOf, type SinkLine } from "./sink-line.ts";

/** A line of Loki has no room for marks beside its text that every version takes. */
const CUT = " … [Pilothouse: the rest of this long line is in the stored log]";

interface LokiStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: [string, string][];
}

/** The body of `POST /loki/api/v1/push`: lines by stream, each with its time in nanoseconds. */
export function lokiBody(
  lines: readonly SinkLine[],
  labels: Readonly<Record<string, string>>,
): { readonly streams: readonly LokiStream[] } {
  const streams = new Map<string, LokiStream>();
  for (const { agent, line, runId } of lines) {
    const key = `${runId} ${line.stream}`;
    const known = streams.get(key);
    const stream = known ?? {
      // Each run is a stream of its own: its lines are in order, whatever other runs were late.
      stream: { job: "pilothouse", ...labels, agent, run: runId, stream: line.stream },
      values: [],
    };
    if (known === undefined) streams.set(key, stream);
    stream.values.push([nanosOf(line), line.isCut ? `${line.text}${CUT}` : line.text]);
  }
  return { streams: [...streams.values()] };
}
