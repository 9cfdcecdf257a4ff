import { LINE_FIELDS_LIMIT, type LineDetails } from "#contract/log.ts";
import { detailsOf, type FoundField } from "./common-fields.ts";

const PAIR = /\s*([A-Za-z_@][\w.@/-]{0,99})=("(?:[^"\\]|\\.)*"|[^\s"]*)(?=\s|$)/y;
/** Fewer could be any sentence with an equals sign in it. */
const FEWEST_PAIRS = 2;

/** A line of `name=value` pairs and nothing else; null for any other. */
export function understandLogfmt(text: string): LineDetails | null {
  const found: FoundField[] = [];
  const pair = new RegExp(PAIR);
  let end = 0;
  for (let match = pair.exec(text); match !== null; match = pair.exec(text)) {
    end = pair.lastIndex;
    if (found.length < LINE_FIELDS_LIMIT + 3) found.push([match[1] ?? "", unquoted(match[2] ?? "")]);
  }
  if (found.length < FEWEST_PAIRS || text.slice(end).trim() !== "") return null;
  return detailsOf("logfmt", { found, text });
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => {
    if (letter === "n") return "\n";
    return letter === "t" ? "\t" : letter;
  });
}
