export { runsFeature, useRunCommands } from "./feature.tsx";
export { PinnedMark, usePinnedLogs } from "./pinned-logs.tsx";
export { canStop, useRunActions } from "./run-actions.ts";
export { Reason, shortRunId, TargetName, useReasonText } from "./run-words.tsx";
