import { describe, expect, test } from "vitest";
import { ERROR_CATALOGUE } from "#contract/errors.ts";
import { readSources } from "./source-files.ts";

const PLURALS = {
  en: ["one", "other"],
  ru: ["one", "few", "many", "other"],
} as const;
type Language = keyof typeof PLURALS;
const PLURAL_KEY = /_(zero|one|two|few|many|other)$/;

interface Text {
  /** File and path of keys, the plural form taken off. */
  readonly key: string;
  readonly form: string | null;
  readonly text: string;
}

function readTexts(language: Language): Text[] {
  return readSources(`src-renderer/locales/${language}`, /\.json$/).flatMap(({ path, text }) =>
    textsOf(JSON.parse(text), `${path.split("/").at(-1)}:`),
  );
}

function textsOf(node: unknown, key: string): Text[] {
  if (typeof node === "string") {
    const form = PLURAL_KEY.exec(key)?.[1] ?? null;
    return [{ key: key.replace(PLURAL_KEY, ""), form, text: node }];
  }
  return Object.entries(node as Record<string, unknown>).flatMap(([name, inner]) =>
    textsOf(inner, `${key}/${name}`),
  );
}

function formsByKey(texts: readonly Text[]): Map<string, string[]> {
  const forms = new Map<string, string[]>();
  for (const { key, form } of texts) forms.set(key, [...(forms.get(key) ?? []), form ?? ""]);
  return forms;
}

function variablesOf(text: string): string[] {
  return [...new Set(text.match(/\{\{\s*[\w.]+/g) ?? [])].map((match) => match.replace(/\{\{\s*/, "")).sort();
}

describe("texts of the page", () => {
  const texts = { en: readTexts("en"), ru: readTexts("ru") };

  test("every text exists in both languages", () => {
    const keys = (language: Language) => [...formsByKey(texts[language]).keys()].sort();

    expect(keys("ru")).toEqual(keys("en"));
    expect(keys("en").length).toBeGreaterThan(0);
  });

  test.each(["en", "ru"] as const)("a counted text has every plural form that %s needs", (language) => {
    const counted = [...formsByKey(texts[language])].filter(([, forms]) => forms.some((form) => form !== ""));

    const incomplete = counted.filter(
      ([, forms]) => !PLURALS[language].every((form) => forms.includes(form)),
    );
    expect(incomplete.map(([key]) => key)).toEqual([]);
  });

  test("a translation uses the same variables", () => {
    const variables = (language: Language) => {
      const byKey = new Map<string, Set<string>>();
      for (const { key, text } of texts[language]) {
        byKey.set(key, new Set([...(byKey.get(key) ?? []), ...variablesOf(text)]));
      }
      return Object.fromEntries([...byKey].map(([key, names]) => [key, [...names].sort()]));
    };

    expect(variables("ru")).toEqual(variables("en"));
  });

  test("no text is empty", () => {
    expect([...texts.en, ...texts.ru].filter(({ text }) => text.trim() === "").map(({ key }) => key)).toEqual(
      [],
    );
  });

  test("every failure of the catalogue has its own words", () => {
    const [file] = readSources("src-renderer/locales/en", /errors\.json$/);

    const written = Object.keys(JSON.parse(file?.text ?? "{}"));
    expect(Object.keys(ERROR_CATALOGUE).filter((code) => !written.includes(code))).toEqual([]);
  });
});
