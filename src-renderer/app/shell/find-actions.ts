import type { Action } from "../../workbench/index.ts";

/** How well a text answers a query: 2 for its beginning, 1 for anywhere, 0 for not at all. */
function score(text: string, word: string): number {
  const lower = text.toLocaleLowerCase();
  if (lower.startsWith(word) || lower.includes(` ${word}`)) return 2;
  return lower.includes(word) ? 1 : 0;
}

/** Actions in which every word of the query is found, the best first; all of them for an empty query. */
export function findActions(actions: readonly Action[], query: string): readonly Action[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return actions;
  return actions
    .map((action) => {
      const hidden = `${action.note ?? ""} ${action.keywords ?? ""}`;
      const scores = words.map((word) => score(action.label, word) * 2 || score(hidden, word));
      return { action, total: scores.includes(0) ? 0 : scores.reduce((sum, each) => sum + each, 0) };
    })
    .filter(({ total }) => total > 0)
    .toSorted((a, b) => b.total - a.total)
    .map(({ action }) => action);
}
