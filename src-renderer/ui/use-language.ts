import { useTranslation } from "react-i18next";
import type { Language } from "../locales/index.ts";
import { createFormat, type Format } from "./format.ts";
import type { PhraseWords } from "./phrase-text.ts";

const WORDS: Record<Language, PhraseWords> = {
  en: { language: "en", format: createFormat("en") },
  ru: { language: "ru", format: createFormat("ru") },
};

/** Language of the page as it is now. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.resolvedLanguage === "ru" ? "ru" : "en";
}

/** How numbers, times and sizes are written in the language of the page. */
export function useFormat(): Format {
  return WORDS[useLanguage()].format;
}

/** What sentences of the core are made with. */
export function usePhraseWords(): PhraseWords {
  return WORDS[useLanguage()];
}
