import type { ErrorCode, ErrorDetails } from "#contract/errors.ts";
import { type Language, RESOURCES } from "../locales/index.ts";
import { fillText } from "./fill-text.ts";

/** Three of the four parts of an error; the fourth, the details to copy, is made from the failure itself. */
export interface ErrorText {
  readonly what: string;
  readonly means: string;
  readonly do: string;
}

/** A failure as far as it is shown. */
export interface ShownFailure {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly message: string;
  readonly path: string;
}

/** Does not compile while a code of the catalogue has no text in one of the languages. */
const TEXTS: Record<Language, Record<ErrorCode, ErrorText>> = {
  en: RESOURCES.en.errors,
  ru: RESOURCES.ru.errors,
};

/** What happened, what it means and what to do, in the language of the page. */
export function errorText(language: Language, failure: ShownFailure): ErrorText {
  const template = TEXTS[language][failure.code];
  return {
    what: fillText(template.what, failure.details) ?? failure.message,
    means: fillText(template.means, failure.details) ?? failure.message,
    do: fillText(template.do, failure.details) ?? "",
  };
}

/** What a person copies into a report. English, like the core's own log. */
export function failureReport(failure: ShownFailure): string {
  const lines = [`code: ${failure.code}`, `message: ${failure.message}`];
  if (failure.path !== "") lines.push(`call: ${failure.path}`);
  for (const [key, value] of Object.entries(failure.details)) lines.push(`${key}: ${String(value)}`);
  return lines.join("\n");
}
