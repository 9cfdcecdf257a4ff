import { expect, test } from "vitest";
import { ERROR_CATALOGUE, type ErrorCode, type ErrorDetails } from "#contract/errors.ts";
import { LANGUAGES, RESOURCES } from "../locales/index.ts";
import { errorText, failureReport } from "./error-text.ts";

const CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[];

/** Every fact the texts of a code ask for. */
function factsOf(code: ErrorCode): ErrorDetails {
  const text = LANGUAGES.map((language) => Object.values(RESOURCES[language].errors[code]).join(" ")).join(
    " ",
  );
  return Object.fromEntries([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => [name ?? "", "VALUE"]));
}

test.each(LANGUAGES)("every code has three whole sentences in %s when its facts are known", (language) => {
  for (const code of CODES) {
    const text = errorText(language, { code, details: factsOf(code), message: "core says", path: "" });

    for (const part of [text.what, text.means, text.do]) {
      expect(part.length, code).toBeGreaterThan(3);
      expect(part, code).not.toMatch(/[{}[\]]|core says/);
    }
  }
});

test("both languages ask for the same facts, so none knows less", () => {
  for (const code of CODES) {
    const facts = LANGUAGES.map((language) =>
      [
        ...new Set(
          Object.values(RESOURCES[language].errors[code])
            .join(" ")
            .match(/\{\{\w+\}\}/g),
        ),
      ].sort(),
    );
    expect(facts[0], code).toEqual(facts[1]);
  }
});

test("a sentence whose fact is missing gives way to the core's own, and an optional part is left out", () => {
  const failure = {
    code: "usage.invalid",
    details: {},
    message: "bad argument",
    path: "runs.start",
  } as const;

  expect(errorText("en", failure)).toEqual({
    what: "The request was not understood",
    means: "bad argument",
    do: "Correct it.",
  });
});

test("the report to copy holds the code, the call and every fact", () => {
  const report = failureReport({
    code: "run.not_found",
    details: { run: "0abc" },
    message: "No such run",
    path: "runs.get",
  });

  expect(report).toBe("code: run.not_found\nmessage: No such run\ncall: runs.get\nrun: 0abc");
});
