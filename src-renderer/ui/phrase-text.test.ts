import { expect, test } from "vitest";
import type { ManifestProblem } from "#contract/agent.ts";
import type { PhraseDetails } from "#contract/phrase.ts";
import type { DoctorCheck } from "#contract/system.ts";
import { createFormat } from "./format.ts";
import { doctorText, limitText, noteText, type PhraseWords, problemText, stepText } from "./phrase-text.ts";

const EN: PhraseWords = { language: "en", format: createFormat("en") };
const RU: PhraseWords = { language: "ru", format: createFormat("ru") };

function problem(code: ManifestProblem["fault"]["code"], details: PhraseDetails): ManifestProblem {
  const place = { file: "agent.yaml", line: 1, column: 1, key: "" };
  return { ...place, problem: "as the core says it", expected: "", fault: { code, details } };
}
function check(finding: DoctorCheck["finding"], advice = ""): DoctorCheck {
  return { id: "x", status: "ok", found: "as the core says it", advice, finding };
}

test("a fault says what stands there and what would be right, in both languages", () => {
  const wrong = problem("wrong-value", { found: "text", value: '"soon"', want: "duration", wanted: "" });

  expect(problemText(wrong, EN)).toEqual({
    problem: 'Here stands the text "soon"',
    expected: "a duration such as 15m (units: ms, s, m, h, d)",
  });
  expect(problemText(wrong, RU)).toEqual({
    problem: 'Здесь стоит текст "soon"',
    expected: "длительность, например 15m (единицы: ms, s, m, h, d)",
  });
});

test("a place that is not known is left out of the sentence, and nothing is expected where nothing is known", () => {
  expect(problemText(problem("unknown-key", { key: "x", place: "" }), EN)).toEqual({
    problem: "There is no key “x”",
    expected: "",
  });
  expect(problemText(problem("bad-indent", {}), RU).expected).toBe("");
});

test("a fact that is missing leaves the core's own sentence", () => {
  expect(problemText(problem("own-variable", {}), RU).problem).toBe("as the core says it");
});

test("sizes and durations of a finding are written as the language writes them", () => {
  const space = check({ code: "space-little", details: { freeBytes: 512 * 2 ** 20, folder: "/data" } });
  const clock = check({ code: "clock-back", details: { byMs: 10_000 } });

  expect(doctorText(space, RU)).toEqual({
    found: "Для /data свободно только 512\u00a0МиБ",
    advice: "Освободите место, пока журналы не заполнили диск.",
  });
  expect(doctorText(clock, EN).found).toContain("moved back by 10\u00a0s");
});

test("a check that broke on a known failure is told in that failure's words", () => {
  const broken = check({
    code: "check-failed",
    details: { code: "data.read_only", folder: "/data", problem: "p" },
  });
  const unknown = check({ code: "check-failed", details: { code: "", problem: "no such thing" } });

  expect(doctorText(broken, RU).found).not.toBe("p");
  expect(doctorText(unknown, RU).found).toBe("no such thing");
});

test("a limit, a step and a remark without a code stay as the core says them", () => {
  const limit = { limit: "cpus", wanted: "1", isEnforced: false, how: "by hand" } as const;
  const note = { seq: 1, atMs: 0, kind: "note", state: null, reason: null, text: "as it is" } as const;

  expect([limitText(limit, RU), stepText(undefined, "warming up", RU), noteText(note, RU)]).toEqual([
    "by hand",
    "warming up",
    "as it is",
  ]);
  expect(stepText("installing-node", "installing Node packages", RU)).toBe("ставятся пакеты Node");
});
