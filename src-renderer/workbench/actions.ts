import type { ReactNode } from "react";

export type ActionGroup = "navigate" | "agents" | "runs" | "targets" | "secrets" | "appearance" | "help";

/** Something a person can do, found by its name in the command palette. */
export interface Action {
  /** Unique, e.g. `agents.start:price-watcher`. */
  readonly id: string;
  readonly group: ActionGroup;
  /** In the language of the page. */
  readonly label: string;
  /** Dimmed text behind the label. */
  readonly note?: string;
  readonly icon?: ReactNode;
  /** Words it is also found by. */
  readonly keywords?: string;
  readonly run: () => void;
}
