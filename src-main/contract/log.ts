import { z } from "zod";
import { type RunId, runIdSchema } from "./ids.ts";

export type LogStream = "stdout" | "stderr";

/** Severity of a line, mildest first. Words and numbers of other systems are mapped to these. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export const logLevelSchema = z.enum(LOG_LEVELS);
export type LogLevel = z.infer<typeof logLevelSchema>;

/** How stored bytes are turned into characters. The bytes themselves never change. */
export const LOG_ENCODINGS = ["utf-8", "windows-1251", "ibm866", "utf-16le", "utf-16be"] as const;
export const logEncodingSchema = z.enum(LOG_ENCODINGS);
export type LogEncoding = z.infer<typeof logEncodingSchema>;

/** Why output is missing; `core/output-gap.ts` and the page have words for each. */
export const GAP_CAUSES = [
  "not-recorded",
  "engine-copy",
  "not-maskable",
  "copy-lost",
  "copy-damaged",
  "watcher-ended",
  "computer-stopped",
  "source-gone",
  "log-damaged",
  "unknown",
] as const;
export const gapCauseSchema = z.enum(GAP_CAUSES);
export type GapCause = z.infer<typeof gapCauseSchema>;

/** Output that is known to be missing, or may be. */
export interface OutputGap {
  /** How many bytes; null when nobody knows. */
  readonly sizeBytes: number | null;
  readonly cause: GapCause;
  /**
   * There where lines were stored and are damaged: their numbers, both included. Every one of them says so in a page,
   * so that numbers have no gaps; who shows lines shows the first one (`isGapGoingOn`).
   */
  readonly lines?: { readonly from: number; readonly to: number };
}

/** What a line says about itself, found only when somebody asks. */
export interface LineDetails {
  /** `plain`: nothing was recognised. */
  readonly format: "json" | "logfmt" | "text" | "plain";
  /** The time the line names; null when it names none. `LogLine.atMs` is when it arrived. */
  readonly atMs: number | null;
  readonly level: LogLevel | null;
  /** The text for people; the whole line when it has no message of its own. */
  readonly message: string;
  /** Everything else, nested names joined by dots; at most `LINE_FIELDS_LIMIT`, each value cut as a line is. */
  readonly fields: Readonly<Record<string, string>>;
}
export const LINE_FIELDS_LIMIT = 100;

/**
 * One line of a run's output. Lines of both streams share one numbering, in the order in which they were
 * completed (by a line feed, or by the end of the log). The number of a line never changes.
 */
export interface LogLine {
  /** From 1, without gaps. */
  readonly number: number;
  readonly stream: LogStream;
  /** When the line's last byte arrived. */
  readonly atMs: number;
  /** UTF-8 text without its line end; invalid bytes show as U+FFFD. The stored bytes are not changed. */
  readonly text: string;
  /** True when `text` holds only the beginning of a line longer than a view takes. */
  readonly isCut: boolean;
  /** There when the request asked for details. */
  readonly details?: LineDetails;
  /** There when the run never printed this line: it stands where output is missing, and `text` says so in English. */
  readonly gap?: OutputGap;
}

/** Whether the line says nothing that a line before it, which stands for the same damage, does not say. */
export function isGapGoingOn({ number, gap }: Pick<LogLine, "number" | "gap">): boolean {
  return gap?.lines !== undefined && number > gap.lines.from;
}

/** The unfinished last line of a stream. */
export interface PartialLine {
  readonly stream: LogStream;
  readonly text: string;
}

/** What a follower gets at once. */
export interface LogBatch {
  readonly lines: readonly LogLine[];
  /** Unfinished lines as they are now; replaces what an earlier batch said. */
  readonly partials: readonly PartialLine[];
  /** Complete lines stored so far. */
  readonly lineCount: number;
  /** True in the last batch: the run has ended and nothing follows. */
  readonly isEnd: boolean;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly lineCount: number;
  readonly sizeBytes: number;
  /** True when the run has ended and its log is complete. */
  readonly isEnd: boolean;
}

/** Characters of one line that a page or batch carries; the rest is in the stored bytes. */
export const LINE_TEXT_LIMIT = 16_384;

const lineView = {
  /** Instead of the encoding chosen or found for the run. */
  encoding: logEncodingSchema.optional(),
  /** Whether lines carry `details`. */
  hasDetails: z.boolean().optional(),
};

export const readLogSchema = z.object({
  runId: runIdSchema,
  /** First line wanted, from 1; a negative number counts from the end (-100: the last hundred). */
  from: z.number().int().default(1),
  limit: z.number().int().min(1).max(5000).default(500),
  /** Begin with the first line that arrived at this time or later; wins over `from`. */
  atMs: z.number().optional(),
  ...lineView,
});
export type ReadLog = z.infer<typeof readLogSchema>;

export const followLogSchema = z.object({
  runId: runIdSchema,
  /** Only lines after this one; 0 for all, negative to begin with the last n lines. */
  afterLine: z.number().int().default(0),
  /** tRPC's resume id: the number of the last line that arrived. Wins over `afterLine`. */
  lastEventId: z.string().optional(),
  /**
   * For one who looks at the end only: where more lines than this wait, the older of them are left out. They can be
   * read as pages.
   */
  mostLines: z.number().int().min(1).max(5000).optional(),
  ...lineView,
});
export type FollowLog = z.infer<typeof followLogSchema>;

export const searchLogSchema = z.object({
  runId: runIdSchema,
  text: z.string().min(1).max(1000),
  isCaseSensitive: z.boolean().default(false),
  limit: z.number().int().min(1).max(10_000).default(1000),
});
export type SearchLog = z.infer<typeof searchLogSchema>;

export interface LogSearchResult {
  /** Numbers of the lines that hold the text, ascending. */
  readonly lineNumbers: readonly number[];
  /** True when there were more than `limit`. */
  readonly isTruncated: boolean;
}

/** Runs that one request can name. */
export const RUNS_PER_REQUEST_LIMIT = 200;
const runIds = z.array(runIdSchema).min(1).max(RUNS_PER_REQUEST_LIMIT);

/** A value a field of a line must have; names as in `LineDetails.fields`, besides `level` and `message`. */
export const fieldFilterSchema = z.object({ name: z.string().min(1).max(200), value: z.string().max(1000) });
export type FieldFilter = z.infer<typeof fieldFilterSchema>;

/** A further text that a line must hold, or must not. */
export const textConditionSchema = z.object({
  text: z.string().min(1).max(1000),
  isRegex: z.boolean().default(false),
  isCaseSensitive: z.boolean().default(false),
  isNot: z.boolean().default(false),
});
export type TextCondition = z.infer<typeof textConditionSchema>;

export const LOG_STREAMS = ["stdout", "stderr"] as const satisfies readonly LogStream[];

/**
 * What a line must be. All conditions must hold; an absent one holds for every line.
 *
 * A regular expression is of the linear-time kind (no back references, no look-around) and sees one line at a
 * time; a line that is longer than a block of the store (256 KiB) it sees in pieces.
 */
export const lineConditionsSchema = z.object({
  text: z.string().max(1000).default(""),
  isRegex: z.boolean().default(false),
  isCaseSensitive: z.boolean().default(false),
  also: z.array(textConditionSchema).max(8).optional(),
  levels: z.array(logLevelSchema).max(LOG_LEVELS.length).optional(),
  fields: z.array(fieldFilterSchema).max(16).optional(),
  streams: z.array(z.enum(LOG_STREAMS)).max(LOG_STREAMS.length).optional(),
  /** Arrival time; `sinceMs` included, `untilMs` not. */
  sinceMs: z.number().optional(),
  untilMs: z.number().optional(),
});
export type LineConditions = z.infer<typeof lineConditionsSchema>;

/** Finds lines in the logs of runs. */
export const findLinesSchema = lineConditionsSchema.extend({
  runIds,
  /** Only lines with these numbers; both ends included. Of little use with several runs. */
  fromLine: z.number().int().min(1).optional(),
  toLine: z.number().int().min(0).optional(),
  /** Hits that are handed over; counting goes on to the end of the logs. */
  limit: z.number().int().min(0).max(100_000).default(10_000),
  /** Whether hits carry their line, as in a filtered view. */
  hasLines: z.boolean().default(false),
  ...lineView,
});
export type FindLines = z.infer<typeof findLinesSchema>;

/** A line that fits. */
export interface LogHit {
  readonly runId: RunId;
  readonly number: number;
  readonly atMs: number;
  /** There when the request asked for lines. */
  readonly line?: LogLine;
}

/** How many of the lines `from` to `to` of a run fit. Spans of one run follow one another and do not overlap. */
export interface HitSpan {
  readonly runId: RunId;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** News of a search: hits since the last one, in the order of the runs named, ascending inside each. */
export interface FindProgress {
  readonly hits: readonly LogHit[];
  /** Lines that fit so far, also beyond `limit`. */
  readonly count: number;
  /** Where they are, since the last one and whatever the `limit`: a span for each block of the store with any. */
  readonly spans: readonly HitSpan[];
  readonly searchedBytes: number;
  readonly totalBytes: number;
  /** True in the last one. */
  readonly isEnd: boolean;
}

/** A line among those of other runs. */
export interface MergedLine {
  readonly runId: RunId;
  readonly line: LogLine;
}

/** How many lines of each run lie before a place in a merged view; a run that is not named: none. */
export const mergedPlaceSchema = z.record(runIdSchema, z.number().int().min(0));
export type MergedPlace = Readonly<Record<string, number>>;

/**
 * Lines of several runs in the order of their arrival. Lines of one run keep their order even where its clock
 * was set back.
 */
export const readMergedSchema = z.object({
  runIds,
  /** Where to begin: a place that an earlier page named, a time, or neither for the very beginning. */
  place: mergedPlaceSchema.optional(),
  atMs: z.number().optional(),
  /** So many lines of all the runs together lie before the first one wanted. Wins over `place` and `atMs`. */
  index: z.number().int().min(0).optional(),
  /** As if the runs had no lines behind this place, so that an index means the same while they go on. */
  until: mergedPlaceSchema.optional(),
  /** `before`: the last lines before the place, oldest first. */
  direction: z.enum(["after", "before"]).default("after"),
  limit: z.number().int().min(1).max(5000).default(500),
  ...lineView,
});
export type ReadMerged = z.infer<typeof readMergedSchema>;

export interface MergedPage {
  readonly lines: readonly MergedLine[];
  /** The place before the first of these lines, and the one behind the last. */
  readonly start: MergedPlace;
  readonly end: MergedPlace;
  /** Lines of all the runs together, for a scroll bar. */
  readonly lineCount: number;
  /** Lines before `start`. */
  readonly before: number;
  /** True when all the runs have ended. */
  readonly isEnd: boolean;
}

export const followManySchema = z.object({
  /** The runs to follow; absent: every live run, also those that begin later. */
  runIds: runIds.optional(),
  /** Lines to begin with, of each run that already has some. */
  lastLines: z.number().int().min(0).max(1000).default(100),
  /** Begin behind this place instead. A run that is not named there begins at its first line. */
  place: mergedPlaceSchema.optional(),
  /** Of each run at once; the older ones of a flood are left out, as in `followLogSchema`. */
  mostLines: z.number().int().min(1).max(5000).optional(),
  /** Only lines that fit. */
  conditions: lineConditionsSchema.optional(),
  /** The resume id of the last batch: how far each run was read. */
  lastEventId: z
    .string()
    .max(RUNS_PER_REQUEST_LIMIT * 64)
    .optional(),
  ...lineView,
});
export type FollowMany = z.infer<typeof followManySchema>;

/** What a follower of several runs gets at once; lines by time of arrival. */
export interface MergedBatch {
  readonly lines: readonly MergedLine[];
  /** Unfinished lines of the runs named here as they are now; replaces what was said of these runs before. */
  readonly partials: readonly { readonly runId: RunId; readonly partials: readonly PartialLine[] }[];
  /** Runs whose logs are complete with this batch. */
  readonly ended: readonly RunId[];
  /** True in the last batch: all named runs have ended. Never when every live run is followed. */
  readonly isEnd: boolean;
}

/** Bytes of one line that an answer carries at most. */
export const LINE_STRETCH_BYTES = 256 * 1024;

/** Asks for a stretch of one line, for lines longer than a view takes. */
export const readLineSchema = z.object({
  runId: runIdSchema,
  number: z.number().int().min(1),
  /** Bytes of the line before the stretch; from an earlier answer. */
  fromByte: z.number().int().min(0).default(0),
  mostBytes: z.number().int().min(16).max(LINE_STRETCH_BYTES).default(LINE_STRETCH_BYTES),
  encoding: logEncodingSchema.optional(),
});
export type ReadLine = z.infer<typeof readLineSchema>;

/** A stretch of one line. */
export interface LineStretch {
  readonly text: string;
  /** Where the next stretch begins; null when the line ends with this one. */
  readonly nextByte: number | null;
  /** Bytes of the whole line. */
  readonly sizeBytes: number;
}

/** What is stored of one run's log. */
export interface LogStats {
  readonly runId: RunId;
  readonly lineCount: number;
  /** Bytes the run printed. */
  readonly sizeBytes: number;
  /** Bytes they take on the disk. */
  readonly storedBytes: number;
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
  readonly isEnd: boolean;
  readonly isPinned: boolean;
  /** As chosen for this run, or found in its bytes. */
  readonly encoding: LogEncoding;
  /** Levels that may occur; empty while unknown. */
  readonly levels: readonly LogLevel[];
  /** Where bytes of the run are missing, and why. */
  readonly gapCount: number;
}

/** What is stored of all logs together. */
export interface LogTotals {
  readonly runCount: number;
  readonly storedBytes: number;
}

/** What a person decides about the log of a run. */
export const markLogSchema = z.object({
  runId: runIdSchema,
  /** A pinned log is never removed for its age or size. */
  isPinned: z.boolean().optional(),
  /** Null: find it out again. */
  encoding: logEncodingSchema.nullable().optional(),
});
export type MarkLog = z.infer<typeof markLogSchema>;
