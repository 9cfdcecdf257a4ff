import type { WireError } from "#contract/errors.ts";
import type { StoredSegment } from "../log-records.ts";
import type { SealJob } from "../seal-segment.ts";
import type { SearchFound, SearchJob } from "../search-job.ts";

/** What can be asked of a worker. */
export interface Jobs {
  readonly seal: { readonly job: SealJob; readonly result: StoredSegment | null };
  readonly search: { readonly job: SearchJob; readonly result: SearchFound };
}

export type JobKind = keyof Jobs;

export interface Asked<K extends JobKind = JobKind> {
  readonly kind: K;
  readonly job: Jobs[K]["job"];
}

/** An expected failure crosses the border as data; anything else is a bug and arrives as its stack. */
export type Answered =
  | { readonly type: "done"; readonly result: unknown }
  | { readonly type: "failed"; readonly error: WireError }
  | { readonly type: "bug"; readonly stack: string };
