/**
 * The line a person means: a number from the start, or one from the end when it begins with a minus. A number
 * beyond an end means that end; null for anything else.
 */
export function lineFrom(text: string, lineCount: number): number | null {
  const typed = text.trim().replaceAll(/[\s,_\u00a0\u202f]/g, "");
  if (!/^-?\d{1,15}$/.test(typed) || lineCount === 0) return null;
  const number = Number(typed);
  const line = typed.startsWith("-") ? lineCount + number + 1 : number;
  return Math.min(lineCount, Math.max(1, line));
}
