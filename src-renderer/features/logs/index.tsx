import { LogView } from "../../log-view/index.ts";
import { lazyPart } from "../../ui/index.ts";
import { type Feature, paths } from "../../workbench/index.ts";

const LogsPage = lazyPart<object>(async () => (await import("./logs-page.tsx")).LogsPage);

/** Logs of several runs at once. */
export const logsFeature: Feature = {
  id: "logs",
  place: "logs",
  parts: [LogsPage, LogView],
  routes: [{ pattern: paths.logs, render: () => <LogsPage /> }],
};
