import type { LineDetails, LogLevel } from "#contract/log.ts";
import { levelOfLetter, levelOfWord } from "./level-word.ts";
import { findTime } from "./line-time.ts";

const OPENING = /^[[(<]?/;
const CLOSING = /^[\])>]?[\s|:-]*/;
/** `E0102 15:04:05.678901   1234 file.go:12] text` */
const LETTERED = /^([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\s+(\d+) ([^\]\s]+)\] ?/;
/** `[02/Jan/2026:15:04:05 +0000]` somewhere in an access log. */
const ACCESS = /\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\]/;
/** `Jan  2 15:04:05 host program[12]: text`; it names no year, so no time is taken from it. */
const SYSLOG = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (\S+) ([\w./-]+)(?:\[(\d+)\])?: /;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** A level with its brackets or its colon. */
const WORD = /^([[(<])?([A-Za-z]{3,12})([\])>]|:|(?=\s|$|\||-))[\s|:-]*/;
/** Only the beginning of a line is looked at; a pattern never runs over a megabyte. */
const LOOK_CHARS = 512;
/** Words between the time and the level: a logger's or a thread's name. */
const NAMES_BEFORE_LEVEL = 2;

/** A line that begins with a time or a level, as most programs print them; null for any other. */
export function understandText(text: string): LineDetails | null {
  const head = text.slice(0, LOOK_CHARS);
  return (
    letteredLine(head, text) ?? timedLine(head, text) ?? accessLine(head, text) ?? leveledLine(head, text)
  );
}

function letteredLine(head: string, text: string): LineDetails | null {
  const match = LETTERED.exec(head);
  if (match === null) return null;
  const [whole, letter = "", , , , thread = "", source = ""] = match;
  return textDetails({
    atMs: null,
    level: levelOfLetter(letter),
    message: text.slice(whole.length),
    fields: { thread, source },
  });
}

function timedLine(head: string, text: string): LineDetails | null {
  const opened = OPENING.exec(head)?.[0].length ?? 0;
  const time = findTime(head.slice(opened));
  if (time === null) return null;
  const at = opened + time.length;
  const start = at + (CLOSING.exec(head.slice(at))?.[0].length ?? 0);
  const found = findLevel(head.slice(start));
  const message = text.slice(start + (found?.length ?? 0));
  return textDetails({ atMs: time.atMs, level: found?.level ?? null, message, fields: {} });
}

/** The level among the first words, and where the text behind it begins; words before it stay in the message. */
function findLevel(rest: string): { level: LogLevel; length: number } | null {
  let at = 0;
  for (let words = 0; words <= NAMES_BEFORE_LEVEL; words += 1) {
    const match = WORD.exec(rest.slice(at));
    const level = match === null ? null : levelOfWord(match[2] ?? "");
    if (match !== null && level !== null && isMarked(match)) {
      return { level, length: words === 0 ? match[0].length : 0 };
    }
    const word = /^\S+\s+/.exec(rest.slice(at));
    if (word === null) return null;
    at += word[0].length;
  }
  return null;
}

/** In brackets, before a colon, or in capitals: not just a word of a sentence. */
function isMarked([, bracket, word = "", after]: RegExpExecArray): boolean {
  return bracket !== undefined || after === ":" || word === word.toUpperCase();
}

function accessLine(head: string, text: string): LineDetails | null {
  const access = ACCESS.exec(head);
  if (access !== null) {
    const [, day = "", month = "", year = "", time = "", zone = ""] = access;
    const number = String(MONTHS.indexOf(month) + 1).padStart(2, "0");
    const found = findTime(`${year}-${number}-${day}T${time}${zone}`);
    return textDetails({ atMs: found?.atMs ?? null, level: null, message: text, fields: {} });
  }
  const syslog = SYSLOG.exec(head);
  if (syslog === null) return null;
  const [whole, host = "", program = "", pid] = syslog;
  const message = text.slice(whole.length);
  const level = findLevel(head.slice(whole.length))?.level ?? null;
  return textDetails({
    atMs: null,
    level,
    message,
    fields: { host, program, ...(pid === undefined ? {} : { pid }) },
  });
}

function leveledLine(head: string, text: string): LineDetails | null {
  const match = WORD.exec(head);
  const level = match === null || !isMarked(match) ? null : levelOfWord(match[2] ?? "");
  if (match === null || level === null) return null;
  return textDetails({ atMs: null, level, message: text.slice(match[0].length), fields: {} });
}

function textDetails(details: Omit<LineDetails, "format">): LineDetails {
  return { format: "text", ...details };
}
