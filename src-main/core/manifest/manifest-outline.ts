import { z } from "zod";
import { manifestSchema } from "#contract/manifest.ts";
import type { KeyPath } from "./manifest-fault.ts";

/** The part of a JSON Schema that the manifest's own uses. */
interface Outline {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Outline>>;
  readonly additionalProperties?: Outline | boolean;
  readonly items?: Outline;
  readonly enum?: readonly unknown[];
}

/** The manifest's JSON Schema, as editors get it. */
export function createManifestJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(manifestSchema, { target: "draft-2020-12", io: "input" }),
    title: "Pilothouse agent",
    description: "One agent: agent.yaml in the agent's folder, version pilothouse/v1.",
  };
}

const outline: Outline = z.toJSONSchema(manifestSchema, { io: "input" }) as Outline;

/** Keys that may stand in the mapping at `path`; empty when any may or none is known. */
export function validKeysAt(path: KeyPath): readonly string[] {
  return Object.keys(find(path)?.properties ?? {});
}

/** What may stand at `path`, in words. */
export function describeExpected(path: KeyPath): string {
  const part = find(path);
  if (part?.enum !== undefined) return `one of ${part.enum.join(", ")}`;
  if (part?.type === "object" && part.properties !== undefined) {
    return `a mapping with ${Object.keys(part.properties).join(", ")}`;
  }
  return TYPE_WORDS[part?.type ?? ""] ?? "another value";
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
};

function find(path: KeyPath): Outline | null {
  let part: Outline | null = outline;
  for (const key of path) {
    if (part === null) return null;
    part = step(part, key);
  }
  return part;
}

function step(part: Outline, key: string | number): Outline | null {
  if (typeof key === "number") return part.items ?? null;
  const { properties, additionalProperties } = part;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key] ?? null;
  return typeof additionalProperties === "object" ? additionalProperties : null;
}
