import type { FieldFilter, LogEncoding, LogLevel, LogLine, LogStream, TextCondition } from "#contract/log.ts";
import type { PieceState } from "#core/log-block.ts";
import type { LineReading } from "#core/log-encoding.ts";
import type { BlockRef } from "./block-ref.ts";

/** What is looked for, as far as a block can be judged by it. */
export interface LineWish {
  readonly text: string;
  readonly isRegex: boolean;
  readonly isCaseSensitive: boolean;
  readonly also: readonly TextCondition[];
  readonly levels: readonly LogLevel[] | null;
  readonly streams: readonly LogStream[] | null;
  /** Numbers of the first and the last line that count. */
  readonly fromLine: number;
  readonly toLine: number;
  readonly fields: readonly FieldFilter[];
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly hasLines: boolean;
  readonly hasDetails: boolean;
  /** Hits beyond this many per job are counted only. */
  readonly limit: number;
}

/** What is known of a block without reading it, and also when it is damaged. */
export type KnownBlock = Pick<BlockRef, "linesBefore" | "lineCount" | "payloadBytes" | "lastAtMs">;

/** A block as a search needs it. */
export interface SearchBlock extends KnownBlock {
  readonly offset: number;
  readonly end: number;
  /** Null for a sealed block. */
  readonly state: PieceState | null;
}

/** Blocks of one segment, one after the other. */
export interface SearchStretch {
  readonly segment: number;
  readonly isSealed: boolean;
  readonly blocks: readonly SearchBlock[];
}

/** Plain data, as it goes to a worker. */
export interface SearchJob extends SearchStretch {
  readonly folder: string;
  readonly seed: number;
  /** The block before, looked at only for the end of a long line that goes on behind it. */
  readonly context: SearchStretch | null;
  /** Chosen by a person; null: look for it in the bytes. */
  readonly encoding: LogEncoding | null;
  /** What was found in the bytes of this log before. */
  readonly found: LineReading;
  readonly wish: LineWish;
}

/** A line that fits. */
export interface FoundLine {
  readonly number: number;
  readonly atMs: number;
  readonly line: LogLine | null;
}

/** What a job found. */
export interface SearchFound {
  readonly blocks: readonly BlockFound[];
  /** The file is not there any more: the segment was sealed meanwhile, or removed. */
  readonly isGone: boolean;
  readonly found: LineReading;
}

export interface BlockFound {
  readonly hits: readonly FoundLine[];
  /** Lines that fit, also those beyond the limit. */
  readonly count: number;
  /** The stream's unfinished line at the end of the block holds the text already. */
  readonly openHits: Readonly<Record<LogStream, boolean>>;
  /** The line that was unfinished at the beginning, if it ended here and was too long to be looked at whole. */
  readonly longEnds: Readonly<Record<LogStream, FoundLine | null>>;
  /** Whether a line that was unfinished at the beginning ended here. */
  readonly hasEnded: Readonly<Record<LogStream, boolean>>;
}
