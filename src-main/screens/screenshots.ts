import { constants } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import { type RunId, screenshotIdSchema } from "#contract/ids.ts";
import type { Screenshot } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import type { RunRecords } from "#main/runs/index.ts";
import type { ScreenshotRecords } from "./screenshot-records.ts";
import { SCREENSHOT_LIMIT_BYTES, ScreenshotWatch } from "./screenshot-watch.ts";

export interface ScreenshotsDeps {
  readonly records: ScreenshotRecords;
  readonly runs: Pick<RunRecords, "addNote">;
  readonly clock: Clock;
  readonly publish: (event: CoreEvent) => void;
  readonly onTrouble: (error: unknown, runId: RunId) => void;
}

/** The images that belong to runs: taken up while they appear, listed and read later. The files stay where they are. */
export class Screenshots {
  readonly #deps: ScreenshotsDeps;

  constructor(deps: ScreenshotsDeps) {
    this.#deps = deps;
  }

  /** Begins to take up the image files in `folder`, also those that are there already. */
  watch(runId: RunId, folder: string): ScreenshotWatch {
    const { clock, onTrouble, records, runs } = this.#deps;
    const watch = new ScreenshotWatch({
      runId,
      folder,
      clock,
      isKnown: (id) => records.find(runId, id) !== null,
      onScreenshot: (screenshot) => this.#add(screenshot, folder),
      onRefused: (name, problem) =>
        runs.addNote(runId, {
          atMs: clock.nowMs(),
          kind: "note",
          text: `The file ${name} ${problem}`,
          note: { code: "image-refused", details: { file: name, problem } },
        }),
      onTrouble: (error) => onTrouble(error, runId),
    });
    watch.start();
    return watch;
  }

  /** Oldest first. */
  list(runId: RunId): readonly Screenshot[] {
    return this.#deps.records.list(runId);
  }

  /** @throws AppError `screenshot.not_found` */
  async read(runId: RunId, id: string): Promise<Uint8Array> {
    const name = screenshotIdSchema.safeParse(id);
    const stored = name.success ? this.#deps.records.find(runId, name.data) : null;
    if (stored === null) throw notFound(runId, id);
    const file = path.join(stored.folder, stored.screenshot.id);
    try {
      // The agent may have put a link in the file's place since; a link is never followed.
      const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      try {
        const { size } = await handle.stat();
        if (size > SCREENSHOT_LIMIT_BYTES) throw notFound(runId, id);
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw notFound(runId, id, error);
    }
  }

  removeOf(runId: RunId): void {
    this.#deps.records.removeOf(runId);
  }

  #add(screenshot: Screenshot, folder: string): void {
    const { clock, publish, records, runs } = this.#deps;
    records.insert(screenshot, folder);
    runs.addNote(screenshot.runId, { atMs: clock.nowMs(), kind: "screenshot", text: screenshot.id });
    publish({ type: "screenshot.added", screenshot });
  }
}

function notFound(run: RunId, screenshot: string, cause?: unknown): AppError {
  return new AppError("screenshot.not_found", `The run has no screenshot ${screenshot}`, {
    details: { run, screenshot },
    cause,
  });
}
