import type { RunId } from "#contract/ids.ts";
import type { LogSource, ViewLine } from "./log-source.ts";
import { wholeLine } from "./long-lines.ts";
import { safeText } from "./safe-spans.ts";

/** Puts the lines on the clipboard, whole however long they are, with everything invisible made visible. */
export async function copyLines(
  source: Pick<LogSource, "stretch">,
  runId: RunId,
  lines: readonly ViewLine[],
): Promise<void> {
  const parts: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (index > 0) parts.push("\n");
    for await (const piece of wholeLine(source, { line, runId })) parts.push(safeText(piece));
  }
  await copyText(parts);
}

/** Puts a text on the clipboard that is never one string in the page. */
export async function copyText(parts: readonly string[]): Promise<void> {
  const text = new Blob([...parts], { type: "text/plain" });
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
}
