import type { RunId, ScreenshotId } from "#contract/ids.ts";
import type { Screenshot } from "#contract/run.ts";

/** Screenshots in the database; the files stay in the run's own folder. */
export interface ScreenshotRecords {
  /** Stores one screenshot, durable when the call returns. Storing the same run and id again changes nothing. */
  insert(screenshot: Screenshot, folder: string): void;
  /** Oldest first. */
  list(runId: RunId): readonly Screenshot[];
  find(runId: RunId, id: ScreenshotId): StoredScreenshot | null;
  /** Forgets all screenshots of a run. */
  removeOf(runId: RunId): void;
}

/** A screenshot with the folder its file lies in. */
export interface StoredScreenshot {
  readonly screenshot: Screenshot;
  readonly folder: string;
}
