import { expect, test } from "vitest";
import type { AuditEntry } from "#contract/audit.ts";
import { hasGap, mergeEntries } from "./audit-list.ts";

function entries(...seqs: number[]): AuditEntry[] {
  return seqs.map((seq) => ({
    seq,
    atMs: seq,
    who: "kim",
    door: "cli",
    action: "vault.lock",
    subject: "passphrase",
    outcome: "done",
    begunSeq: null,
    details: {},
    hash: String(seq),
  }));
}
const seqs = (list: readonly AuditEntry[]) => list.map(({ seq }) => seq);

test("entries stand newest first and each once, whichever way they came", () => {
  expect(seqs(mergeEntries(entries(5, 4, 3), entries(7, 6, 5)))).toEqual([7, 6, 5, 4, 3]);
  expect(seqs(mergeEntries(entries(5, 4), entries(3, 2)))).toEqual([5, 4, 3, 2]);
});

test("nothing new gives the same list, so that nothing is drawn again", () => {
  const known = entries(2, 1);

  expect(mergeEntries(known, entries(2))).toBe(known);
});

test("a page that does not reach what is known leaves a gap, unless it is everything there is", () => {
  expect([
    hasGap(entries(5), entries(9, 8), true),
    hasGap(entries(5), entries(9, 8), false),
    hasGap(entries(5), entries(6, 5), true),
    hasGap([], entries(9), true),
  ]).toEqual([true, false, false, false]);
});
