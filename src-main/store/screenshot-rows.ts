import { z } from "zod";
import { runIdSchema } from "#contract/ids.ts";
import type { Screenshot } from "#contract/run.ts";

const mimeTypeSchema = z.enum(["image/png", "image/jpeg", "image/webp", "image/gif"]);

export interface ScreenshotRow {
  readonly run_id: string;
  readonly id: string;
  readonly at_ms: number;
  readonly size_bytes: number;
  readonly mime_type: string;
  readonly width: number;
  readonly height: number;
  readonly folder: string;
}

export function screenshotOf(row: ScreenshotRow): Screenshot {
  return {
    id: row.id,
    runId: runIdSchema.parse(row.run_id),
    atMs: row.at_ms,
    sizeBytes: row.size_bytes,
    mimeType: mimeTypeSchema.parse(row.mime_type),
    width: row.width,
    height: row.height,
  };
}
