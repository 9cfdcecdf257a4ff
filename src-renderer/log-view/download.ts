import type { RunId } from "#contract/ids.ts";
import type { LineFeed, LogSource, ViewLine } from "./log-source.ts";
import { wholeLine } from "./long-lines.ts";

export const DOWNLOAD_KINDS = ["text", "jsonl", "raw"] as const;
export type DownloadKind = (typeof DOWNLOAD_KINDS)[number];

export interface DownloadDeps {
  readonly source: Pick<LogSource, "raw" | "stretch">;
  readonly feed: Pick<LineFeed, "page">;
  readonly runId: RunId;
  readonly rowCount: number;
  readonly sizeBytes: number;
  readonly signal: AbortSignal;
  /** How much is there, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

const PAGE_ROWS = 1_000;
/** Text that is handed to the browser at once; it keeps such pieces outside of the page's memory. */
const PIECE_CHARACTERS = 1024 * 1024;

/**
 * A log as a file, made piece by piece: text and JSON lines of what is in view, or the stored bytes as they came.
 * Nothing of it is ever one string.
 */
export async function createDownload(kind: DownloadKind, deps: DownloadDeps): Promise<Blob> {
  const blobs: Blob[] = [];
  let parts: BlobPart[] = [];
  let size = 0;
  const put = (part: string | Uint8Array<ArrayBuffer>) => {
    parts.push(part);
    size += part.length;
    if (size < PIECE_CHARACTERS) return;
    blobs.push(new Blob(parts));
    parts = [];
    size = 0;
  };
  if (kind === "raw") await takeRaw(deps, put);
  else await takeRows(kind, deps, put);
  return new Blob([...blobs, ...parts], { type: kind === "jsonl" ? "application/x-ndjson" : "text/plain" });
}

async function takeRaw(
  { source, runId, sizeBytes, signal, onProgress }: DownloadDeps,
  put: (part: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let done = 0;
  const stop = source.raw(runId, {
    onData(base64) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      put(bytes);
      done += bytes.length;
      onProgress(sizeBytes === 0 ? 1 : Math.min(1, done / sizeBytes));
    },
    onFailed: reject,
    onDone: resolve,
  });
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  try {
    await promise;
  } finally {
    stop();
  }
}

async function takeRows(
  kind: Exclude<DownloadKind, "raw">,
  { source, feed, runId, rowCount, signal, onProgress }: DownloadDeps,
  put: (part: string) => void,
): Promise<void> {
  for (let from = 1; from <= rowCount; ) {
    signal.throwIfAborted();
    const limit = Math.min(PAGE_ROWS, rowCount - from + 1);
    const { lines } = await feed.page({ runId, from, limit, hasDetails: false });
    if (lines.length === 0) return;
    for (const line of lines.filter(isShown)) await takeLine(kind, { source, line, runId }, put);
    from += lines.length;
    onProgress((from - 1) / rowCount);
  }
}

/** Of rows that say the same only the first one is in the file. */
function isShown({ folded, number }: ViewLine): boolean {
  return folded === undefined || folded.from === number;
}

async function takeLine(
  kind: Exclude<DownloadKind, "raw">,
  whole: { source: DownloadDeps["source"]; line: ViewLine; runId: RunId },
  put: (part: string) => void,
): Promise<void> {
  const { source, line, runId } = whole;
  if (kind === "text") {
    for await (const piece of wholeLine(source, { line, runId })) put(piece);
    put("\n");
    return;
  }
  const { runId: ownRun, number } = line.origin ?? { runId, number: line.number };
  const facts = {
    run: ownRun,
    number,
    at: new Date(line.atMs).toISOString(),
    stream: line.stream,
    gap: line.gap,
  };
  put(`${JSON.stringify(facts).slice(0, -1)},"text":"`);
  for await (const piece of wholeLine(source, { line, runId })) put(JSON.stringify(piece).slice(1, -1));
  put('"}\n');
}

/** Gives the browser a file to keep. */
export function saveFile(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser holds the file by itself once the click was taken.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
