import { expect, test } from "vitest";
import { type LogSink, setSinkSchema } from "#contract/log-sink.ts";
import { draftOf, readDraft, type SinkDraft } from "./sink-draft.ts";

const sinkOf = (target: object): LogSink => ({
  ...setSinkSchema.parse({ name: "out", target, agents: ["worker"] }),
  sinceMs: 1,
  state: "idle",
  lastSentAtMs: null,
  sentLines: 0,
  refusedLines: 0,
  missedLogs: 0,
  waitingBytes: 0,
  waitingRuns: 0,
  trouble: null,
  retryAtMs: null,
});

test.each([
  [{ kind: "file", folder: "/srv/logs", maxFileBytes: 5 * 1024 ** 2, maxFiles: 3 }],
  [{ kind: "loki", url: "https://loki.example", tenant: "ops", labels: { site: "north", room: "2" } }],
  [{ kind: "otlp", url: "https://otel.example:4318/x", credential: "key" }],
])("%j comes back as it was shown", (target) => {
  const sink = sinkOf(target);

  expect(readDraft(draftOf(sink))).toEqual({
    request: { name: "out", target: sink.target, agents: ["worker"], isOn: true },
  });
});

test.each<[Partial<SinkDraft>, readonly string[]]>([
  [{ url: "https://a" }, ["name"]],
  [{ name: "Out!", url: "https://a" }, ["name"]],
  [{ name: "out" }, ["url"]],
  [{ name: "out", url: "otel.example:4318" }, ["url"]],
  [{ name: "out", kind: "file" }, ["folder"]],
  [
    { name: "out", kind: "file", folder: "/a", maxMebibytes: "little", maxFiles: "0" },
    ["maxMebibytes", "maxFiles"],
  ],
  [{ name: "out", kind: "loki", url: "https://a", labels: "north" }, ["labels"]],
  [{ name: "out", kind: "loki", url: "https://a", labels: "9x=1" }, ["labels"]],
])("%j is not ready", (typed, wrong) => {
  expect(readDraft({ ...draftOf(null), ...typed })).toEqual({ wrong });
});

test("no agents chosen means all of them", () => {
  const read = readDraft({ ...draftOf(null), name: "out", url: "http://127.0.0.1:4318" });

  expect(read).toMatchObject({ request: { agents: null, isOn: true } });
});
