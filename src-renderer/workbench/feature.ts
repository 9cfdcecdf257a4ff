import type { ComponentType, ReactNode } from "react";

/** Names of the places in the rail, in their order; texts stand in `common:rail`. */
export const PLACES = [
  "bridge",
  "agents",
  "runs",
  "logs",
  "targets",
  "credentials",
  "audit",
  "settings",
] as const;
export type Place = (typeof PLACES)[number];

export interface FeatureRoute {
  /** A wouter pattern, e.g. `/agents/:name`. */
  readonly pattern: string;
  readonly render: (params: Readonly<Record<string, string | undefined>>) => ReactNode;
  /** Last crumb for the address; the place itself is the first. Absent on the place's own page. */
  readonly crumb?: (params: Readonly<Record<string, string | undefined>>) => ReactNode;
}

/** The face of one feature: what the shell shows of it. Listed in `app/features.ts`. */
export interface Feature {
  readonly id: string;
  readonly place?: Place;
  readonly routes: readonly FeatureRoute[];
  /** Its parts that are loaded later; fetched ahead once the page rests. */
  readonly parts?: readonly { readonly load: () => Promise<unknown> }[];
  /** Dialogs that can open from anywhere; mounted once. */
  readonly Overlays?: ComponentType;
  /** What the status bar shows of it: a dot with a word; a click explains and mends. */
  readonly StatusItem?: ComponentType;
}
