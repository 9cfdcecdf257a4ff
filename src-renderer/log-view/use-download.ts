import { useEffect, useRef, useState } from "react";
import type { RunId } from "#contract/ids.ts";
import { createDownload, type DownloadKind, saveFile } from "./download.ts";
import type { LineFeed, LogSource } from "./log-source.ts";

export interface Download {
  /** How much is there, 0 to 1; null while nothing is downloaded. */
  readonly share: number | null;
  readonly error: unknown;
  readonly start: (kind: DownloadKind) => void;
  readonly cancel: () => void;
}

interface DownloadPlace {
  readonly source: LogSource;
  readonly feed: LineFeed;
  readonly runId: RunId;
  readonly rowCount: () => number;
  /** Of the file, without its ending. */
  readonly name: string;
}

const ENDINGS = { text: "txt", jsonl: "jsonl", raw: "log" } as const satisfies Record<DownloadKind, string>;

/** Downloads of a view; one at a time. */
export function useDownload({ source, feed, runId, rowCount, name }: DownloadPlace): Download {
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function run(kind: DownloadKind): Promise<void> {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    setError(null);
    setShare(0);
    try {
      const sizeBytes = kind === "raw" ? (await source.stats(runId)).sizeBytes : 0;
      const blob = await createDownload(kind, {
        source,
        feed,
        runId,
        rowCount: rowCount(),
        sizeBytes,
        signal: own.signal,
        onProgress: (next) => own === running.current && setShare(next),
      });
      saveFile(`${name}.${ENDINGS[kind]}`, blob);
    } catch (failure) {
      // One that was taken back has nothing to say.
      if (!own.signal.aborted) setError(failure);
    } finally {
      if (own === running.current) setShare(null);
    }
  }

  return {
    share,
    error,
    start: (kind) => void run(kind),
    cancel: () => {
      running.current?.abort();
      setShare(null);
      setError(null);
    },
  };
}
