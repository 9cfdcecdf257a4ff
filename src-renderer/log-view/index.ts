import { lazyPart } from "../ui/index.ts";
import type { LogViewProps } from "./log-view.tsx";

export type { Attachments } from "./attachments.ts";
export { messageOfLine } from "./json-line.ts";
export { LineText } from "./line-text.tsx";
export { type FilterChip, filterOf, putFilter } from "./log-filter.ts";
export type { LogCare } from "./log-menu.tsx";
export { createRunPlace } from "./log-place.ts";
export type { LineOwner } from "./log-row.tsx";
export { createRpcLogSource, type LogSource } from "./log-source.ts";
export type { LogLook, LogViewProps } from "./log-view.tsx";
export { createMergedPlace } from "./merged-place.ts";
export { safeText } from "./safe-spans.ts";

/** Logs in one view; its code is loaded when a log is first shown. */
export const LogView = lazyPart<LogViewProps>(async () => (await import("./log-view.tsx")).LogView);
