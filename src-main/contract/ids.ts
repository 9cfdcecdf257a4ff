import { z } from "zod";

/**
 * Identity of one run: 16 characters of Crockford base32, lower case. The first nine carry the creation
 * time in milliseconds, so ids sort by age; the last seven are random. Made by `core/run-id.ts`.
 */
export const runIdSchema = z
  .string()
  .regex(/^[0-9a-hjkmnp-tv-z]{16}$/)
  .brand<"RunId">();
export type RunId = z.infer<typeof runIdSchema>;

/** Name of an agent, unique in one data folder; also its directory and label name on targets. */
export const agentNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/)
  .brand<"AgentName">();
export type AgentName = z.infer<typeof agentNameSchema>;

/** Name of a target, unique in one data folder, e.g. `this-computer`. */
export const targetIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/)
  .brand<"TargetId">();
export type TargetId = z.infer<typeof targetIdSchema>;

/** The target that always exists: the computer the core runs on. */
export const THIS_COMPUTER: TargetId = targetIdSchema.parse("this-computer");

/** Content address of a release: SHA-256 over its sorted file list, in hex. People see the first 12 digits. */
export const releaseIdSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<"ReleaseId">();
export type ReleaseId = z.infer<typeof releaseIdSchema>;

/** Identity of one screenshot inside one run: its file name there, without folders. */
export const screenshotIdSchema = z
  .string()
  .regex(/^[^/\\\0]{1,200}$/)
  .brand<"ScreenshotId">();
export type ScreenshotId = z.infer<typeof screenshotIdSchema>;
