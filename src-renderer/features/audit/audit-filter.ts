import {
  AUDIT_ACTIONS,
  AUDIT_OUTCOMES,
  type AuditAction,
  type AuditFilter,
  type AuditOutcome,
} from "#contract/audit.ts";
import { type Door, doorSchema } from "#contract/run.ts";

/** What the trail shows, as a person chose it; lives in the address. */
export interface AuditChoice {
  readonly actions: readonly AuditAction[];
  readonly outcomes: readonly AuditOutcome[];
  readonly doors: readonly Door[];
  /** Whole names of users and of what was acted on. */
  readonly users: readonly string[];
  readonly subjects: readonly string[];
  /** Part of a user, subject or detail. */
  readonly search: string;
  /** Days as `<input type="date">` gives them, both included; empty for no bound. */
  readonly from: string;
  readonly to: string;
}

export const NO_CHOICE: AuditChoice = {
  actions: [],
  outcomes: [],
  doors: [],
  users: [],
  subjects: [],
  search: "",
  from: "",
  to: "",
};

const MAX_SEARCH = 200;
const MOST_NAMES = 100;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function listed<T extends string>(known: readonly T[], text: string | null): readonly T[] {
  const wanted = new Set((text ?? "").split(","));
  return known.filter((each) => wanted.has(each));
}

/** Names are anything a system or a person made up, commas included: one parameter each. */
function named(values: readonly string[]): readonly string[] {
  return [...new Set(values)].filter((value) => value !== "").slice(0, MOST_NAMES);
}

function dayOf(text: string | null): string {
  return text !== null && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : "";
}

/** Reads an address. What it does not understand counts as not chosen, so that an old link still opens. */
export function readChoice(params: URLSearchParams): AuditChoice {
  return {
    actions: listed(AUDIT_ACTIONS, params.get("action")),
    outcomes: listed(AUDIT_OUTCOMES, params.get("result")),
    doors: listed(doorSchema.options, params.get("door")),
    users: named(params.getAll("user")),
    subjects: named(params.getAll("on")),
    search: (params.get("q") ?? "").slice(0, MAX_SEARCH),
    from: dayOf(params.get("from")),
    to: dayOf(params.get("to")),
  };
}

/** Writes a choice into an address and leaves everything else of it alone. */
export function writeChoice(params: URLSearchParams, choice: AuditChoice): URLSearchParams {
  const next = new URLSearchParams(params);
  const values = {
    action: choice.actions.join(","),
    result: choice.outcomes.join(","),
    door: choice.doors.join(","),
    q: choice.search,
    from: choice.from,
    to: choice.to,
  };
  for (const [key, value] of Object.entries(values)) {
    if (value === "") next.delete(key);
    else next.set(key, value);
  }
  for (const [key, values] of Object.entries({ user: choice.users, on: choice.subjects })) {
    next.delete(key);
    for (const value of values) next.append(key, value);
  }
  return next;
}

/** Begin of a day, local time, `shift` days later. */
function beginOf(day: string, shift: number): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + shift).getTime();
}

/** The choice as the core is asked. */
export function toAuditFilter(choice: AuditChoice): AuditFilter {
  const { actions, outcomes, doors, users, subjects, search, from, to } = choice;
  return {
    ...(actions.length > 0 ? { actions: [...actions] } : {}),
    ...(outcomes.length > 0 ? { outcomes: [...outcomes] } : {}),
    ...(doors.length > 0 ? { doors: [...doors] } : {}),
    ...(users.length > 0 ? { users: [...users] } : {}),
    ...(subjects.length > 0 ? { subjects: [...subjects] } : {}),
    ...(search === "" ? {} : { search }),
    ...(from === "" ? {} : { fromMs: beginOf(from, 0) }),
    ...(to === "" ? {} : { toMs: beginOf(to, 1) - 1 }),
  };
}

export function isChosen(choice: AuditChoice): boolean {
  return Object.values(choice).some((value) => value.length > 0);
}
