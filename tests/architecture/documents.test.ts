import { describe, expect, test } from "vitest";
import { ERROR_CATALOGUE } from "#contract/errors.ts";
import { readSources } from "./source-files.ts";

interface Section {
  readonly code: string;
  readonly exit: number;
  readonly hasAllParts: boolean;
}

function readSections(): Section[] {
  const [page] = readSources("docs", /^docs\/errors\.md$/);
  return (page?.text ?? "")
    .split(/^## /m)
    .slice(1)
    .map((text) => ({
      code: text.split("\n")[0] ?? "",
      exit: Number(/\*\*Exit code:\*\* (\d+)/.exec(text)?.[1]),
      hasAllParts: /^\S+\n\n\S.+\n\n\* \*\*What it means:\*\* \S.+\n\* \*\*What to do:\*\* \S/.test(text),
    }));
}

describe("docs/errors.md", () => {
  test("has one complete section per code of the catalogue and no others", () => {
    const expected = Object.entries(ERROR_CATALOGUE).map(([code, { exit }]) => ({
      code,
      exit,
      hasAllParts: true,
    }));

    const byCode = (a: Section, b: Section) => a.code.localeCompare(b.code);
    expect(readSections().sort(byCode)).toEqual(expected.sort(byCode));
  });
});
