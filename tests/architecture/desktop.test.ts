import { describe, expect, test } from "vitest";
import { readSources } from "./source-files.ts";

/** What Electron offers and no file of the desktop has a use for, with what would be lost. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/sendSync/, "a page that waits for the main process stops both"],
  [/executeJavaScript/, "code made from text"],
  [/@electron\/remote|enableRemoteModule/, "the main process in the page's hands"],
  [/\.origin\b(?! ===)/, "URL.origin is null for a scheme of our own"],
  [/file:\/\//, "pages come from our own scheme"],
  [/nodeIntegration\w*: true|webviewTag: true/, "Node in a page"],
  [/(?:sandbox|contextIsolation|webSecurity): false/, "a page without its walls"],
  [
    /allowRunningInsecureContent|experimentalFeatures|enableBlinkFeatures|bypassCSP/,
    "a page without its policy",
  ],
];

describe("the desktop's own code", () => {
  const own = /^(?!.*\.test\.ts$).*\.ts$/;
  const files = [...readSources("src-main/entries/desktop", own), ...readSources("src-preload", own)];

  test.each(FORBIDDEN)("says nowhere %s: %s", (pattern) => {
    const found = files.filter(({ text }) => pattern.test(withoutComments(text)));

    expect(files.length).toBeGreaterThan(10);
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test("hands addresses to other programs in one place", () => {
    const places = files.filter(({ text }) => text.includes("shell.openExternal"));

    expect(places.map(({ path }) => path)).toEqual(["src-main/entries/desktop/desktop-app.ts"]);
  });
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}
