import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent } from "#tests/helpers/e2e-agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

const LINES = 12_000;
/** Several blocks of a segment, each line of which says its number. */
const NUMBERED = `
let text = "";
for (let number = 1; number <= ${LINES}; number += 1) text += "line " + number + " " + "x".repeat(90) + "\\n";
process.stdout.write(text);
`;

interface StoredLine {
  readonly number: number;
  readonly text: string;
  readonly gap?: {
    readonly sizeBytes: number;
    readonly lines: { readonly from: number; readonly to: number };
  };
}

test("a damaged block is one row and one line, and every line behind it keeps its number", async ({
  app,
}) => {
  await addAgent(app.program, { name: "numbered", script: NUMBERED });
  const { id } = (await app.program.json(["run", "numbered", "--wait"])) as { id: string };
  const folder = path.join(app.program.data, "logs", id);
  await expect.poll(() => readdir(folder)).toEqual(["log.0.pseg"]);
  const file = path.join(folder, "log.0.pseg");
  const bytes = await readFile(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 0x10;
  await writeFile(file, bytes);

  const printed = (await app.program.run(["logs", id, "--json"])).stdout.trimEnd().split("\n");
  const lines = printed.map((line) => JSON.parse(line) as StoredLine);
  const marks = lines.flatMap(({ gap }) =>
    gap === undefined ? [] : [{ ...gap.lines, sizeBytes: gap.sizeBytes }],
  );
  const { from, to } = marks[0] ?? { from: 0, to: 0 };
  expect(marks).toHaveLength(1);
  expect(to - from).toBeGreaterThan(100);
  expect(lines).toHaveLength(LINES - (to - from));
  const whole = lines.filter(({ gap }) => gap === undefined);
  expect(whole.filter(({ number, text }) => !text.startsWith(`line ${number} x`))).toEqual([]);
  const found = await app.program.run(["logs", id, "--grep", "missing here", "--json"]);
  expect(
    found.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toMatchObject([{ number: from }]);
  expect(await app.program.json(["logs", "stats"])).toMatchObject({ runs: [{ runId: id, gapCount: 1 }] });

  const copy = path.join(app.program.folder, "copy.log");
  const { sizeBytes, damagedBytes } = (await app.program.json(["logs", "export", id, copy])) as {
    sizeBytes: number;
    damagedBytes: number;
  };
  expect(damagedBytes).toBe(marks[0]?.sizeBytes);
  expect((await stat(copy)).size).toBe(sizeBytes);
  expect((await app.program.run(["logs", "export", id, copy])).stdout).toContain(
    `; ${damagedBytes} more are damaged and cannot be read`,
  );

  // An address of a line that cannot be shown any more leads to the mark.
  await app.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.open(`/runs/${id}?line=${to - 5}`);
  const { log } = new RunPage(app.page);
  const mark = log.lines.locator("[data-gap]");
  await expect(mark).toHaveCount(1);
  await expect(mark).toContainText(`${to - from + 1} lines of output missing here`);
  await expect(mark).toHaveAttribute("data-picked", "true");
  const rowBehind = log.lines.locator(`[data-gap] + *`);
  await expect(rowBehind).toContainText(`line ${to + 1} x`);

  await log.view.focus();
  await log.view.press("c");
  await expect
    .poll(() => app.page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(new RegExp(`^\\[Pilothouse: .* lines ${from} to ${to}: this log is damaged\\]$`));
  await log.view.press("ArrowDown");
  await expect(rowBehind).toHaveAttribute("data-picked", "true");
  await expect(app.page).toHaveURL(new RegExp(`line=${to + 1}$`));
  await log.view.press("ArrowUp");
  await expect(mark).toHaveAttribute("data-picked", "true");
  await expect(app.page).toHaveURL(new RegExp(`line=${from}$`));

  // The end is where it always was.
  await log.view.press("End");
  await expect(log.lines).toContainText(`line ${LINES} x`);
  await app.open(`/runs/${id}?line=${to + 700}`);
  await expect(log.lines.locator("[data-picked]")).toContainText(`line ${to + 700} x`);
});
