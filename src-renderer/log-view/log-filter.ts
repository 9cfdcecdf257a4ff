import { z } from "zod";
import {
  fieldFilterSchema,
  LOG_STREAMS,
  type LogLevel,
  type LogStream,
  logLevelSchema,
  textConditionSchema,
} from "#contract/log.ts";
import type { Conditions } from "./hit-index.ts";

/** One thing a shown line must be; a chip over the log. */
const chipSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("level"), levels: z.array(logLevelSchema).min(1).max(6) }),
  z.object({ kind: z.literal("stream"), stream: z.enum(LOG_STREAMS) }),
  textConditionSchema.extend({ kind: z.literal("text") }),
  fieldFilterSchema.extend({ kind: z.literal("field") }),
  z.object({ kind: z.literal("since"), atMs: z.number().int() }),
  z.object({ kind: z.literal("until"), atMs: z.number().int() }),
]);
export type FilterChip = z.infer<typeof chipSchema>;

const MAX_CHIPS = 16;
const MAX_TEXTS = 8;

/** What the engine is asked for. */
export function conditionsOf(chips: readonly FilterChip[]): Conditions {
  const texts = chips.filter((chip) => chip.kind === "text");
  const first = texts.find(({ isNot }) => !isNot);
  const also = texts.filter((chip) => chip !== first).map(({ kind: _kind, ...condition }) => condition);
  const fields = chips.filter((chip) => chip.kind === "field").map(({ name, value }) => ({ name, value }));
  const levels = chips.flatMap((chip) => (chip.kind === "level" ? chip.levels : []));
  const streams = chips.flatMap((chip) => (chip.kind === "stream" ? [chip.stream] : []));
  const since = chips.find((chip) => chip.kind === "since");
  const until = chips.find((chip) => chip.kind === "until");
  return {
    ...(first === undefined
      ? {}
      : { text: first.text, isRegex: first.isRegex, isCaseSensitive: first.isCaseSensitive }),
    ...(also.length === 0 ? {} : { also: also.slice(0, MAX_TEXTS) }),
    ...(fields.length === 0 ? {} : { fields }),
    ...(levels.length === 0 ? {} : { levels: [...new Set<LogLevel>(levels)] }),
    ...(streams.length === 0 ? {} : { streams: [...new Set<LogStream>(streams)] }),
    ...(since === undefined ? {} : { sinceMs: since.atMs }),
    ...(until === undefined ? {} : { untilMs: until.atMs }),
  };
}

/** The chips with one more; of levels, streams and each end of the time there is only one. */
export function withChip(chips: readonly FilterChip[], chip: FilterChip): readonly FilterChip[] {
  const isSingle = chip.kind !== "text" && chip.kind !== "field";
  const kept = chips.filter(
    (each) => !(isSingle && each.kind === chip.kind) && JSON.stringify(each) !== JSON.stringify(chip),
  );
  return [...kept, chip].slice(-MAX_CHIPS);
}

/** A search for `find` among the lines that fit. */
export function conditionsWithin(
  filter: Conditions,
  find: { text: string; isRegex: boolean; isCaseSensitive: boolean },
): Conditions {
  const { text = "", isRegex = false, isCaseSensitive = false, also = [], ...rest } = filter;
  const own = text === "" ? [] : [{ text, isRegex, isCaseSensitive, isNot: false }];
  const more = [...own, ...also].slice(0, MAX_TEXTS);
  return { ...rest, ...find, ...(more.length === 0 ? {} : { also: more }) };
}

const PARAM = "filter";

/** The filter as parameters of an address; each chip one, so that an address can be read. */
export function putFilter(params: URLSearchParams, chips: readonly FilterChip[]): URLSearchParams {
  const next = new URLSearchParams(params);
  next.delete(PARAM);
  for (const { kind, ...rest } of chips) next.append(PARAM, `${kind}:${JSON.stringify(rest)}`);
  return next;
}

/** What an address asks for; whatever cannot be understood is left out. */
export function filterOf(params: URLSearchParams): readonly FilterChip[] {
  return params
    .getAll(PARAM)
    .slice(0, MAX_CHIPS)
    .flatMap((text) => {
      const colon = text.indexOf(":");
      const chip = chipSchema.safeParse({ ...parsed(text.slice(colon + 1)), kind: text.slice(0, colon) });
      return chip.success ? [chip.data] : [];
    });
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    // Not ours: the chip is refused for what it lacks.
    return {};
  }
}
