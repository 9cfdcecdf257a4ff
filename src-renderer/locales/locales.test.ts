import { expect, test } from "vitest";
import { createI18n, systemLanguage } from "./i18n.ts";
import { RESOURCES } from "./index.ts";

const PLURAL = /_(one|few|many|other)$/;

/** Every key with its text, plural forms under one key. */
function flatten(node: unknown, path = ""): [string, string][] {
  if (typeof node === "string") return [[path, node]];
  return Object.entries(node as object).flatMap(([key, value]) =>
    flatten(value, path === "" ? key : `${path}.${key}`),
  );
}
function formsOf(texts: readonly [string, string][]): Map<string, string[]> {
  const forms = new Map<string, string[]>();
  for (const [key] of texts) {
    const base = key.replace(PLURAL, "");
    forms.set(base, [...(forms.get(base) ?? []), PLURAL.exec(key)?.[1] ?? "only"]);
  }
  return forms;
}

const en = flatten(RESOURCES.en);
const ru = flatten(RESOURCES.ru);

test("both languages have the same texts", () => {
  expect([...formsOf(ru).keys()].sort()).toEqual([...formsOf(en).keys()].sort());
});

test("a count has every plural form of its language", () => {
  const counted = [...formsOf(en)].filter(([, forms]) => !forms.includes("only")).map(([key]) => key);
  const russian = formsOf(ru);

  for (const key of counted) {
    expect(formsOf(en).get(key)?.sort(), key).toEqual(["one", "other"]);
    expect(russian.get(key)?.sort(), key).toEqual(["few", "many", "one", "other"]);
  }
});

test("both languages fill in the same values", () => {
  // A form for exactly one may say the number or not.
  const holes = (text: string) => [...new Set(text.match(/\{\{(?!count)\w+\}\}/g) ?? [])].sort().join();
  const russian = new Map(
    ru.map(([key, text]) => [key.replace(/_(few|many|other)$/, "_other"), holes(text)]),
  );

  for (const [key, text] of en) {
    expect(russian.get(key) ?? russian.get(key.replace(/_one$/, "_other")), key).toBe(holes(text));
  }
});

test("Russian counts as Russian does", () => {
  const { t } = createI18n("ru");
  const counts = [1, 2, 5, 11, 21, 22, 25].map((count) => t("status.liveRuns", { count }));

  expect(counts).toEqual([
    "1 активный запуск",
    "2 активных запуска",
    "5 активных запусков",
    "11 активных запусков",
    "21 активный запуск",
    "22 активных запуска",
    "25 активных запусков",
  ]);
});

test("the first known language of the computer is taken, whatever its country", () => {
  expect([systemLanguage(["de-DE", "ru-RU", "en"]), systemLanguage(["fr"]), systemLanguage([])]).toEqual([
    "ru",
    "en",
    "en",
  ]);
});
