import { createStore } from "zustand/vanilla";
import type { ContainerLogPiece } from "#contract/engine.ts";
import { type BufferedLine, LineBuffer, type LineBufferBounds } from "./line-buffer.ts";

export interface LogObserver {
  /** The stream begins, or begins anew after a lost connection: what was there comes again. */
  readonly onStart: () => void;
  readonly onPiece: (piece: ContainerLogPiece) => void;
  readonly onEnd: () => void;
  readonly onFailed: (error: unknown) => void;
}

export interface ContainerLogState {
  /**
   * - `live`: lines come as they are written
   * - `ended`: the program has ended, or the engine has closed its log
   * - `failed`: see `error`
   */
  readonly status: "loading" | "live" | "ended" | "failed";
  readonly error: unknown;
  readonly lines: readonly BufferedLine[];
  /** Lines that are not in memory any more. */
  readonly droppedLines: number;
}

export interface ContainerLogDeps {
  /** The returned function ends the stream. */
  readonly follow: (observer: LogObserver) => () => void;
  /** Calls `action` before the next painting; the returned function takes it back. */
  readonly beforePaint: (action: () => void) => () => void;
  readonly bounds?: LineBufferBounds;
}

/** The log of one container in view; its memory is bounded, see `LineBuffer`. */
export function createContainerLog({ follow, beforePaint, bounds }: ContainerLogDeps) {
  let buffer = new LineBuffer(bounds);
  let takeBack: (() => void) | null = null;
  const store = createStore<ContainerLogState>()(() => ({
    status: "loading",
    error: null,
    lines: [],
    droppedLines: 0,
  }));

  function flush(): void {
    takeBack?.();
    takeBack = null;
    store.setState({ lines: [...buffer.lines, ...buffer.unfinished], droppedLines: buffer.droppedLines });
  }
  /** Begins reading; returns the function that ends it. */
  function attach(): () => void {
    const end = follow({
      onStart() {
        buffer = new LineBuffer(bounds);
        store.setState({ status: "live", error: null });
        takeBack ??= beforePaint(flush);
      },
      onPiece(piece) {
        buffer.push(piece);
        takeBack ??= beforePaint(flush);
      },
      onEnd() {
        buffer.finish();
        store.setState({ status: "ended" });
        flush();
      },
      onFailed: (error) => store.setState({ status: "failed", error }),
    });
    return () => {
      end();
      takeBack?.();
      takeBack = null;
    };
  }
  return { store, attach };
}
export type ContainerLogStore = ReturnType<typeof createContainerLog>;
