import type { RunId } from "#contract/ids.ts";
import type { Run, RunPage } from "#contract/run.ts";

/**
 * Newest first: the live first page, and the older runs that were read before it. The first page decides about
 * everything as new as its oldest run; runs that slipped out of it at the end are kept.
 */
export function mergeFirstPage(known: readonly Run[], page: RunPage): readonly Run[] {
  const oldest = page.runs.at(-1);
  if (oldest === undefined || !page.hasMore) return page.runs;
  return [...page.runs, ...known.filter((run) => run.id < oldest.id)];
}

/** Adds an older page; a run that is already here stays as it is. */
export function appendOlder(known: readonly Run[], older: readonly Run[]): readonly Run[] {
  const ids = new Set(known.map((run) => run.id));
  const fresh = older.filter((run) => !ids.has(run.id));
  return fresh.length === 0 ? known : [...known, ...fresh].sort((a, b) => (a.id < b.id ? 1 : -1));
}

export function withChanged(known: readonly Run[], changed: Run): readonly Run[] {
  const place = known.findIndex((run) => run.id === changed.id);
  return place === -1 || known[place] === changed ? known : known.with(place, changed);
}

export function without(known: readonly Run[], ids: ReadonlySet<RunId>): readonly Run[] {
  const left = known.filter((run) => !ids.has(run.id));
  return left.length === known.length ? known : left;
}
