import { z } from "zod";
import { settingsSchema } from "#contract/system.ts";
import { UPDATE_KINDS } from "#main/updates/index.ts";

/**
 * What the main process and the core's process say to each other. Both are ours, and both still parse: a message
 * of another version or a half-made one is a bug that is found where it arrives.
 */

/** What the core's process needs to know before it can start; handed over as its one argument. */
export const coreStartSchema = z.object({
  dataFolder: z.string(),
  version: z.string(),
  /** Holds `dist/main/run-supervisor.js` and `resources/samples`, outside of any archive. */
  partsFolder: z.string(),
  nodeExecutable: z.string(),
  /** How this installation is renewed; null where something else installs programs. */
  updateKind: z.enum(UPDATE_KINDS).nullable(),
});
export type CoreStart = z.infer<typeof coreStartSchema>;

/** From the main process. A `port` message carries one port of a page. */
export const toCoreSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("port") }),
  z.object({ type: z.literal("folder"), folder: z.string().nullable() }),
  z.object({ type: z.literal("resumed") }),
  /** A package that was handed over could not be put in place. */
  z.object({ type: z.literal("notInstalled"), problem: z.string() }),
  z.object({ type: z.literal("close") }),
]);
export type ToCore = z.infer<typeof toCoreSchema>;

/** Something that a person should hear of even when no window is in front. */
export const noticeSchema = z.object({
  kind: z.enum(["failed", "needs-attention"]),
  runId: z.string(),
  agent: z.string(),
});
export type Notice = z.infer<typeof noticeSchema>;

/** A package that was fetched and found to be the signed one; looked at once more before it is used. */
const readyUpdateSchema = z.object({
  kind: z.enum(UPDATE_KINDS),
  path: z.string(),
  sizeBytes: z.int().positive(),
  sha512: z.string(),
});

/** From the core's process. */
export const fromCoreSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("started"), settings: settingsSchema }),
  /** It could not start and says why; the process stays until it is told to close. */
  z.object({ type: z.literal("refused"), code: z.string(), message: z.string() }),
  z.object({ type: z.literal("settings"), settings: settingsSchema }),
  z.object({ type: z.literal("notice"), notice: noticeSchema }),
  z.object({
    type: z.literal("activity"),
    liveRuns: z.int().nonnegative(),
    startingRuns: z.int().nonnegative(),
  }),
  z.object({ type: z.literal("chooseFolder") }),
  z.object({ type: z.literal("install"), update: readyUpdateSchema }),
  z.object({ type: z.literal("closed") }),
]);
export type FromCore = z.infer<typeof fromCoreSchema>;
