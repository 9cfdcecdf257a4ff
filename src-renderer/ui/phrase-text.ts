import type { ManifestProblem } from "#contract/agent.ts";
import { isErrorCode } from "#contract/errors.ts";
import {
  DOCTOR_TROUBLES,
  type DoctorFindingCode,
  type DoctorTroubleCode,
  FOUND_KINDS,
  type FoundKind,
  type LimitMeansCode,
  type ManifestFaultCode,
  type PhraseDetails,
  PREPARE_STEPS,
  type PrepareStepCode,
  type RunNoteCode,
  WANT_KINDS,
  type WantKind,
} from "#contract/phrase.ts";
import type { LimitReport, TimelineEntry } from "#contract/run.ts";
import type { DoctorCheck } from "#contract/system.ts";
import { type Language, RESOURCES } from "../locales/index.ts";
import { errorText } from "./error-text.ts";
import { fillText } from "./fill-text.ts";
import type { Format } from "./format.ts";

interface CoreTexts {
  readonly doctor: Record<DoctorFindingCode, string>;
  readonly advice: Record<DoctorTroubleCode, string>;
  readonly limit: Record<LimitMeansCode, string>;
  readonly step: Record<PrepareStepCode, string>;
  readonly note: Record<RunNoteCode, string>;
  readonly found: Record<FoundKind, string>;
  readonly want: Record<WantKind, string>;
  readonly fault: Record<ManifestFaultCode, { readonly problem: string; readonly expected: string }>;
}

/** Does not compile while a code of the core has no text in one of the languages. */
const TEXTS: Record<Language, CoreTexts> = { en: RESOURCES.en.core, ru: RESOURCES.ru.core };

/** A sentence that is left out in both languages. */
const NONE = "-";

export interface PhraseWords {
  readonly language: Language;
  readonly format: Format;
}

/** What the doctor found and what to do about it, in the language of the page. */
export function doctorText(check: DoctorCheck, words: PhraseWords): { found: string; advice: string } {
  const { code, details } = check.finding;
  const texts = TEXTS[words.language];
  const trouble = DOCTOR_TROUBLES.find((each) => each === code);
  const errorCode = details["code"];
  const isKnownError = code === "check-failed" && isErrorCode(errorCode);
  const failure = isKnownError
    ? errorText(words.language, { code: errorCode, details, message: check.found, path: "" })
    : null;
  const advice = trouble === undefined ? "" : say(texts.advice[trouble], details, words);
  return {
    found: failure?.what ?? say(texts.doctor[code], details, words) ?? check.found,
    advice: failure?.do || (advice ?? check.advice),
  };
}

/** How a limit is enforced, or why it is not. */
export function limitText({ means, how }: LimitReport, words: PhraseWords): string {
  if (means === undefined) return how;
  return say(TEXTS[words.language].limit[means.code], means.details, words) ?? how;
}

/** A step of getting ready; `text` is the core's own, for steps that have no code. */
export function stepText(code: unknown, text: string, { language }: PhraseWords): string {
  return isStep(code) ? TEXTS[language].step[code] : text;
}

function isStep(code: unknown): code is PrepareStepCode {
  return typeof code === "string" && Object.hasOwn(PREPARE_STEPS, code);
}

export function noteText({ note, text }: TimelineEntry, words: PhraseWords): string {
  if (note === undefined) return text ?? "";
  return say(TEXTS[words.language].note[note.code], note.details, words) ?? text ?? "";
}

/** What is wrong in a manifest and what would be right; the latter may be empty. */
export function problemText(
  { fault, problem, expected }: ManifestProblem,
  words: PhraseWords,
): { readonly problem: string; readonly expected: string } {
  const texts = TEXTS[words.language];
  const { details } = fault;
  const found = FOUND_KINDS.find((kind) => kind === details["found"]);
  const want = WANT_KINDS.find((kind) => kind === details["want"]);
  const facts: PhraseDetails = {
    ...details,
    found: found === undefined ? "" : (fillText(texts.found[found], details) ?? ""),
    want: want === undefined ? "" : (fillText(texts.want[want], details) ?? ""),
  };
  const text = texts.fault[fault.code];
  const isOpen = text.expected === NONE || (text.expected === "{{want}}" && facts["want"] === "");
  return {
    problem: say(text.problem, facts, words) ?? problem,
    expected: isOpen ? "" : (say(text.expected, facts, words) ?? expected),
  };
}

function say(template: string, details: PhraseDetails, { format }: PhraseWords): string | null {
  const shown = Object.entries(details).map(([name, value]): [string, string | number | boolean] => {
    if (typeof value !== "number") return [name, value];
    if (name.endsWith("Bytes")) return [name, format.bytes(value)];
    return [name, name.endsWith("Ms") ? format.duration(value) : value];
  });
  return fillText(template, Object.fromEntries(shown));
}
