import { posix } from "node:path";
import { expect, test } from "vitest";
import { readSources, type SourceFile, withoutComments } from "./source-files.ts";

const FOLDER = "src-renderer";
const CODE = readSources(FOLDER, /\.tsx?$/);
const SHEETS = readSources(FOLDER, /\.module\.css$/);
/** The sheet that `ui` hands on, and the name it has everywhere. */
const SHARED = { name: "parts", sheet: `${FOLDER}/ui/parts.module.css` };

interface Use {
  readonly sheet: string;
  /** Null where the name is put together while the page runs. */
  readonly name: string | null;
}

const usesOf = ({ path, text }: SourceFile): Use[] =>
  importsOf(path, text).flatMap(({ name, sheet }) => [
    ...[...text.matchAll(new RegExp(`\\b${name}(?:\\.(\\w+)|\\["([\\w-]+)"\\])`, "g"))].map(
      ([, dotted, quoted]): Use => ({ sheet, name: dotted ?? quoted ?? null }),
    ),
    ...(new RegExp(`\\b${name}\\[[^"]`).test(text) ? [{ sheet, name: null }] : []),
  ]);

function importsOf(path: string, text: string): { name: string; sheet: string }[] {
  const own = [...text.matchAll(/import (\w+) from "([^"]+\.module\.css)"/g)].map(([, name, sheet]) => ({
    name: name ?? "",
    sheet: posix.join(posix.dirname(path), sheet ?? ""),
  }));
  return /\bparts\b[^;]*\} from "[^"]*ui\/index\.ts"/.test(text) ? [...own, SHARED] : own;
}

function definedIn({ text }: SourceFile): Set<string> {
  return new Set([...withoutComments(text).matchAll(/\.([a-zA-Z][\w-]*)/g)].map(([, name]) => name ?? ""));
}

const DEFINED = new Map(SHEETS.map((sheet) => [sheet.path, definedIn(sheet)]));
const USES = CODE.flatMap((file) => usesOf(file).map((use) => ({ ...use, by: file.path })));

test("every class that the page names is in its style sheet", () => {
  const missing = USES.filter(({ name, sheet }) => name !== null && DEFINED.get(sheet)?.has(name) !== true);

  expect(USES.length).toBeGreaterThan(300);
  expect(missing).toEqual([]);
});

test("every class of a style sheet is named by the page", () => {
  const isDynamic = new Set(USES.filter(({ name }) => name === null).map(({ sheet }) => sheet));
  const named = new Set(USES.map(({ name, sheet }) => `${sheet} .${name}`));
  const idle = [...DEFINED]
    .filter(([sheet]) => !isDynamic.has(sheet))
    .flatMap(([sheet, names]) => [...names].map((name) => `${sheet} .${name}`))
    .filter((each) => !named.has(each));

  expect(idle).toEqual([]);
});
