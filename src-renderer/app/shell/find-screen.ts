import type { ReactNode } from "react";
import { matchRoute, type Parser } from "wouter";
import type { Feature, Place } from "../../workbench/index.ts";

/** What the shell shows for an address. */
export interface Screen {
  readonly place: Place | null;
  /** Behind the place's own name; null on the place's own page. */
  readonly crumb: ReactNode | null;
  readonly node: ReactNode;
}

/** The first route of any feature that takes the address; null when none does. */
export function findScreen(features: readonly Feature[], address: string, parser: Parser): Screen | null {
  for (const feature of features) {
    for (const route of feature.routes) {
      const [isMatch, params] = matchRoute(parser, route.pattern, address);
      if (!isMatch) continue;
      const values = Object.fromEntries(Object.entries(params ?? {}).map(([key, value]) => [key, value]));
      return {
        place: feature.place ?? null,
        crumb: route.crumb?.(values) ?? null,
        node: route.render(values),
      };
    }
  }
  return null;
}
