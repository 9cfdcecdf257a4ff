import { expect, test } from "vitest";
import { agentNameSchema, runIdSchema } from "#contract/ids.ts";
import { lokiBody } from "./loki-body.ts";
import { otlpBody } from "./otlp-body.ts";
import type { SinkLine } from "./sink-line.ts";

function lineOf(number: number, isCut: boolean): SinkLine {
  const line = { number, stream: "stdout", atMs: 1, text: `line ${number}`, isCut } as const;
  return { runId: runIdSchema.parse("0000000000000001"), agent: agentNameSchema.parse("talker"), line };
}

test("every receiver is told which lines were cut", () => {
  const lines = [lineOf(1, false), lineOf(2, true)];

  const loki = lokiBody(lines, {}).streams.flatMap(({ values }) => values.map(([, text]) => text));
  const [resource] = otlpBody(lines, "1").resourceLogs;
  const records = resource?.scopeLogs.flatMap(({ logRecords }) => logRecords) ?? [];

  expect(loki).toEqual([
    "line 1",
    expect.stringMatching(/^line 2 … \[Pilothouse: the rest of this long line/),
  ]);
  expect(records.map(({ attributes }) => attributes.some(({ key }) => key === "pilothouse.cut"))).toEqual([
    false,
    true,
  ]);
});
