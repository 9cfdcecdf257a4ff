import { expect, test } from "vitest";
import { isChosen, NO_CHOICE, readChoice, toAuditFilter, writeChoice } from "./audit-filter.ts";

const CHOICE = {
  actions: ["credential.set", "vault.unlock"],
  outcomes: ["failed"],
  doors: ["cli"],
  users: ["ada", "O'Neill, Rose"],
  subjects: ["shop", "/home/ada/.env"],
  search: "shop & co",
  from: "2026-11-01",
  to: "2026-11-20",
} as const;

test("a choice comes back from the address it was written into, and other parts of the address stay", () => {
  const address = writeChoice(new URLSearchParams("vault=status"), CHOICE);

  expect(readChoice(new URLSearchParams(address.toString()))).toEqual(CHOICE);
  expect(address.get("vault")).toBe("status");
});

test("what an address does not mean counts as not chosen", () => {
  const params = new URLSearchParams(
    "action=run.away&result=done,maybe&door=garage&user=&on=&from=yesterday&to=2026-99-99",
  );

  expect(readChoice(params)).toEqual({ ...NO_CHOICE, outcomes: ["done"] });
});

test("an empty choice leaves the address clean and asks for everything", () => {
  const address = writeChoice(
    new URLSearchParams("action=vault.lock&q=x&user=ada&on=a&on=b&from=2026-01-01"),
    NO_CHOICE,
  );

  expect([address.toString(), toAuditFilter(NO_CHOICE), isChosen(NO_CHOICE)]).toEqual(["", {}, false]);
});

test("both days are included whole", () => {
  const { fromMs = 0, toMs = 0 } = toAuditFilter({ ...NO_CHOICE, from: "2026-11-20", to: "2026-11-20" });

  expect([new Date(fromMs).getHours(), new Date(toMs).getHours(), new Date(toMs + 1).getDate()]).toEqual([
    0, 23, 21,
  ]);
});

test("any part of a choice counts as chosen", () => {
  expect([isChosen({ ...NO_CHOICE, to: "2026-01-01" }), isChosen({ ...NO_CHOICE, doors: ["cli"] })]).toEqual([
    true,
    true,
  ]);
});
