import type { PhraseDetails } from "#contract/phrase.ts";

const OPTIONAL_PART = /\[([^\]]*)\]/g;
const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/**
 * A sentence with its facts filled in. A part in brackets is left out when a fact in it is not known; null when
 * one is not known that the rest of the sentence needs.
 */
export function fillText(template: string, details: PhraseDetails): string | null {
  const withParts = template.replace(OPTIONAL_PART, (_match, part: string) => fillText(part, details) ?? "");
  let isComplete = true;
  const text = withParts.replace(PLACEHOLDER, (_match, name: string) => {
    const value = details[name];
    if (value === undefined || value === "") isComplete = false;
    return value === undefined ? "" : String(value);
  });
  return isComplete ? text : null;
}
