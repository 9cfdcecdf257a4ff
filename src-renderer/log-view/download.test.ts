import { expect, test } from "vitest";
import { createLinesSource, LINES_RUN } from "#tests/helpers/lines-source.ts";
import { createDownload, type DownloadKind } from "./download.ts";
import { createRunFeed } from "./run-feed.ts";

function setup(texts: string[], longLine?: number) {
  const source = createLinesSource(texts);
  const run = createRunFeed(source);
  const feed = {
    ...run,
    async page(request: Parameters<typeof run.page>[0]) {
      const page = await run.page(request);
      const cut = (number: number, text: string) =>
        number === longLine ? { text: text.slice(0, 3), isCut: true } : {};
      return { ...page, lines: page.lines.map((line) => ({ ...line, ...cut(line.number, line.text) })) };
    },
  };
  const shares: number[] = [];
  const make = async (kind: DownloadKind, signal = new AbortController().signal) => {
    const onProgress = (share: number) => shares.push(share);
    const rowCount = texts.length;
    const sizeBytes = texts.join("\n").length + 1;
    const whole = { source, feed, runId: LINES_RUN, rowCount, sizeBytes, signal, onProgress };
    return await (await createDownload(kind, whole)).text();
  };
  return { make, shares, source };
}

test("text has every line, and a long one whole", async () => {
  const { make, shares } = setup(["one", "a line that is cut", ""], 2);

  expect(await make("text")).toBe("one\na line that is cut\n\n");
  expect(shares.at(-1)).toBe(1);
});

test("each JSON line is one, whatever its text", async () => {
  const { make } = setup(['say "hi"\t\u001b[0m', "a line that is cut"], 2);

  const lines = (await make("jsonl")).trimEnd().split("\n");

  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      run: LINES_RUN,
      number: 1,
      at: new Date(1).toISOString(),
      stream: "stdout",
      text: 'say "hi"\t\u001b[0m',
    },
    {
      run: LINES_RUN,
      number: 2,
      at: new Date(2).toISOString(),
      stream: "stdout",
      text: "a line that is cut",
    },
  ]);
});

test("raw bytes are as they were written", async () => {
  const { make, shares, source } = setup(["one", "two"]);

  expect(await make("raw")).toBe("one\ntwo\n");
  expect(shares.at(-1)).toBe(1);
  expect(source.openStreams()).toBe(0);
});

test("a download that is taken back ends", async () => {
  const { make, source } = setup(["one"]);
  const controller = new AbortController();
  controller.abort(new Error("taken back"));

  await expect(make("text", controller.signal)).rejects.toThrow("taken back");
  const late = new AbortController();
  const made = make("raw", late.signal);
  late.abort(new Error("taken back"));
  await expect(made).rejects.toThrow("taken back");
  expect(source.openStreams()).toBe(0);
});
