import type { Target } from "#contract/target.ts";
import { isoOf } from "./run-text.ts";

/** A target as programs get it. */
export function targetDocument({ id, name, kind, capabilities, probe }: Target) {
  return {
    id,
    name,
    kind,
    reachable: probe?.isReachable ?? null,
    lookedAt: probe === null ? null : isoOf(probe.atMs),
    facts: Object.fromEntries((probe?.facts ?? []).map(({ key, value }) => [key, value])),
    warnings: probe?.warnings ?? [],
    capabilities,
  };
}

export function targetStatusText({ probe }: Target): string {
  if (probe === null) return "? not looked at yet";
  return probe.isReachable ? "✓ reachable" : "✕ not reachable";
}
