export { AppLog, type AppLogEntry } from "./app-log.ts";
export { DataFolder, type FolderPlace, resolveDataFolder } from "./data-folder.ts";
export { removeDurably, syncFolder, writeDurably } from "./durable-file.ts";
export { describeError, systemCodeOf, toDataError } from "./fs-errors.ts";
export { plainUser } from "./plain-user.ts";
export { SystemClock } from "./system-clock.ts";
