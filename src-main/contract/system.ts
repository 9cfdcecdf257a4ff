import { z } from "zod";
import { containerConsentSchema } from "./engine.ts";
import { agentNameSchema } from "./ids.ts";
import { DEFAULT_LOG_LIMITS, logAgeDaysSchema, logBytesSchema } from "./log-keeping.ts";
import { DEFAULT_NETWORK, networkSettingsSchema } from "./network.ts";
import type { DoctorFindingCode, Phrase } from "./phrase.ts";

export type EntryName = "desktop" | "web" | "cli";

/** What the entry around the core can do; the interface hides what is false. */
export interface EntryCapabilities {
  readonly entry: EntryName;
  readonly nativeDialogs: boolean;
  readonly notifications: boolean;
  /** The window can ask for another window of its own kind. */
  readonly newWindow: boolean;
}

export interface SystemInfo {
  readonly version: string;
  readonly dataFolder: string;
  readonly pid: number;
  readonly startedAtMs: number;
  readonly platform: string;
  readonly nodeVersion: string;
  readonly sqliteVersion: string;
  readonly capabilities: EntryCapabilities;
}

/** One finding of the doctor. */
export interface DoctorCheck {
  /** Stable name, e.g. `data-folder`, `python`, `cgroups`. */
  readonly id: string;
  readonly status: "ok" | "warning" | "failed";
  /** What was found, English. */
  readonly found: string;
  /** What to do about it; empty when ok. */
  readonly advice: string;
  /** Both of the above as a code with facts, for other languages. */
  readonly finding: Phrase<DoctorFindingCode>;
}

/** Of a field in a line of a log. */
const fieldNameSchema = z.string().min(1).max(200);

/** Choices of a person that outlive the window. Unknown keys are refused; every key has a default. */
export const settingsSchema = z.object({
  language: z.enum(["system", "en", "ru"]).default("system"),
  colorScheme: z.enum(["system", "light", "dark"]).default("system"),
  density: z.enum(["compact", "comfortable"]).default("compact"),
  isRailCollapsed: z.boolean().default(false),
  hasSeenWelcome: z.boolean().default(false),
  /** How long and up to which size logs of ended runs are kept; pinned ones always are. */
  logMaxAgeDays: logAgeDaysSchema.default(DEFAULT_LOG_LIMITS.maxAgeDays),
  logMaxBytes: logBytesSchema.default(DEFAULT_LOG_LIMITS.maxBytes),
  /** Limits of single agents; what one does not name is as for all. The size is that of the agent's logs together. */
  logLimitsByAgent: z
    .record(
      agentNameSchema,
      z.object({ maxAgeDays: logAgeDaysSchema.optional(), maxBytes: logBytesSchema.optional() }),
    )
    .default({}),
  /** How the core reaches other computers; changed together, see `system.changeNetwork`. */
  network: networkSettingsSchema.default(DEFAULT_NETWORK),
  /** Only where the entry is the desktop: the program starts with the person's session. */
  startsAtLogin: z.boolean().default(false),
  /** Only where the entry is the desktop. `system`: an icon wherever the system shows them reliably. */
  tray: z.enum(["system", "on", "off"]).default("system"),
  /** Only where the entry is the desktop: failed runs and what needs a person are told by the system. */
  notifies: z.boolean().default(true),
  /** Only where this build knows whom to ask: newer versions are looked for by themselves. */
  looksForUpdates: z.boolean().default(true),
  /** What needs a person and was marked as seen, newest first; keys as the window makes them. */
  seenAttention: z.array(z.string().min(1).max(300)).max(200).default([]),
  /** What somebody said yes to for agents in containers. */
  containerConsents: z.record(agentNameSchema, z.array(containerConsentSchema)).default({}),
  logWrap: z.boolean().default(false),
  logTime: z.enum(["none", "relative", "absolute"]).default("none"),
  /** Fields of an agent's lines that stand in columns of their own. */
  logColumns: z.record(agentNameSchema, z.array(fieldNameSchema).max(8)).default({}),
  /** Those of them whose width a person chose. */
  logColumnWidths: z
    .record(
      agentNameSchema,
      z.array(z.object({ name: fieldNameSchema, px: z.number().int().min(1).max(10_000) })).max(8),
    )
    .default({}),
});
export type Settings = z.infer<typeof settingsSchema>;

/** A folder of this computer as the folder chooser shows it. */
export interface FolderListing {
  readonly folder: string;
  readonly parent: string | null;
  /** Names of the folders inside, sorted; hidden ones left out. */
  readonly folders: readonly { readonly name: string; readonly hasManifest: boolean }[];
  readonly hasManifest: boolean;
}
