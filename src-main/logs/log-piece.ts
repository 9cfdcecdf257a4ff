import type { LogStream, OutputGap } from "#contract/log.ts";
import { LineSplitter, type OnLine, SPLITTER_START } from "#core/line-splitter.ts";
import type { LogBlock, PieceState } from "#core/log-block.ts";
import { decodeGap, gapLine } from "#core/output-gap.ts";
import type { FilePiece } from "./frame-reader.ts";

/** What a reader of a log gets, in order of arrival. */
export type LogPiece =
  | {
      readonly kind: "bytes";
      readonly stream: LogStream;
      readonly payload: Uint8Array;
      readonly atMs: number;
    }
  /** The log was complete here. */
  | { readonly kind: "end"; readonly atMs: number }
  /** Output is missing here, because it never arrived or is damaged; a line of the store's own says so. */
  | { readonly kind: "gap"; readonly gap: OutputGap; readonly atMs: number | null }
  | LostPiece
  /** Where the log stands, whatever was read before. */
  | { readonly kind: "carry"; readonly state: PieceState };

/** A damaged block: its lines are counted, but what they said is lost. */
interface LostPiece {
  readonly kind: "lost";
  readonly linesBefore: number;
  readonly lineCount: number;
  readonly payloadBytes: number;
  readonly atMs: number;
}

export const PIECES_START: PieceState = { splitter: SPLITTER_START, atMs: 0 };

/** Splits pieces into lines. */
export class PieceSplitter {
  #splitter: LineSplitter;
  #atMs: number;

  constructor(state: PieceState) {
    this.#splitter = new LineSplitter(state.splitter);
    this.#atMs = state.atMs;
  }

  get lineCount(): number {
    return this.#splitter.lineCount;
  }

  feed(piece: LogPiece, onLine?: OnLine): void {
    switch (piece.kind) {
      case "bytes":
        this.#atMs = piece.atMs;
        this.#splitter.push(piece, onLine);
        return;
      case "end":
        this.#atMs = piece.atMs;
        this.#splitter.finish(onLine);
        return;
      case "gap": {
        this.#atMs = piece.atMs ?? this.#atMs;
        const { gap } = piece;
        this.#splitter.interject({ stream: "stderr", bytes: gapLine(gap), atMs: this.#atMs, gap }, onLine);
        return;
      }
      case "lost":
        this.#skip(piece, onLine);
        return;
      case "carry":
        this.#splitter = new LineSplitter(piece.state.splitter);
        this.#atMs = piece.state.atMs;
        return;
    }
  }

  openLines(): ReturnType<LineSplitter["openLines"]> {
    return this.#splitter.openLines();
  }

  state(): PieceState {
    return { splitter: this.#splitter.state(), atMs: this.#atMs };
  }

  /** Every number keeps its place, and all of them say the same. */
  #skip(piece: LostPiece, onLine?: OnLine): void {
    const { linesBefore, lineCount, atMs } = piece;
    if (onLine !== undefined && lineCount > 0) {
      const gap = lostGap(piece);
      const bytes = gapLine(gap);
      for (let index = 0; index < lineCount; index += 1) {
        const number = linesBefore + index + 1;
        onLine({ number, stream: "stderr", atMs, bytes, sizeBytes: bytes.length, isTerminated: true, gap });
      }
    }
    this.#splitter = new LineSplitter({ ...SPLITTER_START, lineCount: linesBefore + lineCount });
    this.#atMs = atMs;
  }
}

/** What is missing where a block is damaged that had lines. */
export function lostGap({
  linesBefore,
  lineCount,
  payloadBytes,
}: Omit<LostPiece, "kind" | "atMs">): OutputGap {
  const lines = { from: linesBefore + 1, to: linesBefore + lineCount };
  return { sizeBytes: payloadBytes, cause: "log-damaged", lines };
}

/** A frame or a damaged stretch of a plain file as a piece; null for what readers need not see. */
export function pieceOf(piece: FilePiece): LogPiece | null {
  if (piece.type === "gap") return damage(piece);
  const { kind, payload, atMs } = piece.frame;
  if (kind === "begin") return null;
  if (kind === "sealed") return { kind: "end", atMs };
  if (kind === "gap") return { kind: "gap", gap: decodeGap(payload), atMs };
  return { kind: "bytes", stream: kind, payload, atMs };
}

/** The pieces of a block. */
export function* piecesOf({ entries, payload }: Pick<LogBlock, "entries" | "payload">): Generator<LogPiece> {
  let at = 0;
  for (const entry of entries) {
    if (entry.kind === "end") yield { kind: "end", atMs: entry.atMs };
    else if (entry.kind === "missing") yield { kind: "gap", gap: entry.gap, atMs: entry.atMs };
    else {
      const end = at + entry.sizeBytes;
      yield { kind: "bytes", stream: entry.kind, payload: payload.subarray(at, end), atMs: entry.atMs };
      at = end;
    }
  }
}

/** A damaged stretch of a file. */
export function damage({ start, end }: { start: number; end: number }): LogPiece {
  return { kind: "gap", gap: { sizeBytes: end - start, cause: "log-damaged" }, atMs: null };
}
