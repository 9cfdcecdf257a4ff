import type { RunId, ScreenshotId } from "#contract/ids.ts";
import type { Screenshot } from "#contract/run.ts";
import type { ScreenshotRecords, StoredScreenshot } from "#main/screens/index.ts";
import type { StoreAccess } from "./access.ts";
import { translated } from "./database.ts";
import { type ScreenshotRow, screenshotOf } from "./screenshot-rows.ts";

/** What is known about screenshots, in SQLite; their bytes are files. */
export class SqliteScreenshotRecords implements ScreenshotRecords {
  readonly #file: string;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(access: StoreAccess) {
    this.#file = access.file;
    this.#statements = prepare(access);
  }

  insert(screenshot: Screenshot, folder: string): void {
    translated(this.#file, () =>
      this.#statements.insert.run({
        id: screenshot.id,
        runId: screenshot.runId,
        atMs: screenshot.atMs,
        sizeBytes: screenshot.sizeBytes,
        mimeType: screenshot.mimeType,
        width: screenshot.width,
        height: screenshot.height,
        folder,
      }),
    );
  }

  list(runId: RunId): readonly Screenshot[] {
    return translated(this.#file, () => this.#statements.list.all(runId).map(screenshotOf));
  }

  find(runId: RunId, id: ScreenshotId): StoredScreenshot | null {
    const row = translated(this.#file, () => this.#statements.find.get(runId, id));
    return row === undefined ? null : { screenshot: screenshotOf(row), folder: row.folder };
  }

  removeOf(runId: RunId): void {
    translated(this.#file, () => this.#statements.removeOf.run(runId));
  }
}

function prepare({ writer, reader }: StoreAccess) {
  return {
    insert: writer.prepare<[object]>(`
      INSERT INTO screenshots (run_id, id, at_ms, size_bytes, mime_type, width, height, folder)
      VALUES (:runId, :id, :atMs, :sizeBytes, :mimeType, :width, :height, :folder)
      ON CONFLICT (run_id, id) DO NOTHING`),
    list: reader.prepare<[string], ScreenshotRow>(
      "SELECT * FROM screenshots WHERE run_id = ? ORDER BY at_ms, id",
    ),
    find: reader.prepare<[string, string], ScreenshotRow>(
      "SELECT * FROM screenshots WHERE run_id = ? AND id = ?",
    ),
    removeOf: writer.prepare<[string]>("DELETE FROM screenshots WHERE run_id = ?"),
  };
}
