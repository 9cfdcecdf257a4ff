import type { ManifestProblem } from "#contract/agent.ts";
import { type Manifest, manifestSchema } from "#contract/manifest.ts";
import { checkInputSchema } from "#core/manifest/input-schema-checks.ts";
import { checkManifest } from "#core/manifest/manifest-checks.ts";
import { dotted, type ManifestFault } from "#core/manifest/manifest-fault.ts";
import { faultsFromIssues } from "#core/manifest/manifest-issues.ts";
import { checkSchemaRules } from "./input-schema.ts";
import { readYaml, type TextPosition } from "./yaml-text.ts";

/** More than anybody mends at once; problems travel with every event about their agent. */
const MOST_PROBLEMS = 100;

export interface ReadManifest {
  /** Null when there is any problem. */
  readonly manifest: Manifest | null;
  /** Every problem at once, by line; the first hundred when there are more. */
  readonly problems: readonly ManifestProblem[];
  /** Where the agent's name stands; the first line when there is none. */
  readonly nameAt: TextPosition;
}

/**
 * Reads the text of an `agent.yaml`. Never throws, whatever the text is.
 *
 * @param file as it shall be named in problems
 */
export function readManifest(source: string | Uint8Array, file: string): ReadManifest {
  const yaml = readYaml(source);
  if (yaml.faults.length > 0) {
    const problems = yaml.faults.map((found) => ({ file, key: "", ...found }));
    return { manifest: null, problems, nameAt: yaml.locate([], "value") };
  }
  const parsed = manifestSchema.safeParse(yaml.value);
  const faults = [
    ...(parsed.success ? [] : faultsFromIssues(parsed.error.issues, yaml.value)),
    ...checkValidParts(yaml.value),
  ];
  const problems = faults.map((fault) => placed(fault, file, yaml.locate(fault.path, fault.part)));
  return {
    manifest: parsed.success && problems.length === 0 ? parsed.data : null,
    problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MOST_PROBLEMS),
    nameAt: yaml.locate(["name"], "value"),
  };
}

function placed(
  { path, problem, expected, fault }: ManifestFault,
  file: string,
  { line, column }: TextPosition,
): ManifestProblem {
  return { file, line, column, key: dotted(path), problem, expected, fault };
}

/** Checks what is right by itself, so that a fault in one key does not hide those of the others. */
function checkValidParts(value: unknown): readonly ManifestFault[] {
  if (typeof value !== "object" || value === null) return [];
  const valid: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(manifestSchema.shape)) {
    const part = schema.safeParse((value as Record<string, unknown>)[key]);
    if (part.success && part.data !== undefined) valid[key] = part.data;
  }
  const manifest = valid as Partial<Manifest>;
  if (manifest.inputs === undefined) return checkManifest(manifest);
  const inputFaults = checkInputSchema(manifest.inputs);
  return [
    ...checkManifest(manifest),
    ...inputFaults,
    // A schema with faults of its own makes the rules complain about the same places once more.
    ...(inputFaults.length > 0 ? [] : checkSchemaRules(manifest.inputs)),
  ];
}
