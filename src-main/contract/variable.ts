import { z } from "zod";
import { type AgentName, agentNameSchema } from "./ids.ts";
import type { Door } from "./run.ts";

/** As in the environment of a process, because that is where it goes. */
export const variableNameSchema = z
  .string()
  .max(200, "a variable name of at most 200 characters")
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable name: letters, digits and _, not starting with a digit")
  .refine((name) => !/^PILOTHOUSE_/i.test(name), "a name without PILOTHOUSE_");

/** `json` is any JSON document; the others are what they say. */
export const VARIABLE_TYPES = ["text", "number", "boolean", "json"] as const;
export const variableTypeSchema = z.enum(VARIABLE_TYPES);
export type VariableType = z.infer<typeof variableTypeSchema>;

/** A named value that is no secret. Agents get it as the text `value`. */
export interface Variable {
  readonly name: string;
  /** Null for all agents; a value for one agent goes before it. */
  readonly agent: AgentName | null;
  readonly type: VariableType;
  readonly value: string;
  readonly changedAtMs: number;
  /** Agents whose manifest names it and that get this value. */
  readonly usedBy: readonly AgentName[];
}

/** One change of a variable, newest first in a history. */
export interface VariableChange {
  readonly seq: number;
  readonly atMs: number;
  readonly who: string;
  readonly door: Door;
  readonly type: VariableType | null;
  /** Null when it was removed. */
  readonly value: string | null;
}

const scopeSchema = { name: variableNameSchema, agent: agentNameSchema.nullable().default(null) };

export const setVariableSchema = z.object({
  ...scopeSchema,
  /** `text` for a new one; as it was for one that is there. */
  type: variableTypeSchema.optional(),
  value: z.string().max(32_768),
});
export type SetVariable = z.infer<typeof setVariableSchema>;

export const variableRefSchema = z.object(scopeSchema);
export type VariableRef = z.infer<typeof variableRefSchema>;
