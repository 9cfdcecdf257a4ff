import { type AgentName, agentNameSchema } from "#contract/ids.ts";
import { type VariableRef, type VariableType, variableNameSchema } from "#contract/variable.ts";

export type ValueProblem = "number" | "boolean" | "json" | "long";

const LONGEST_VALUE = 32_768;

/** What keeps the text from being a value of this type; null when nothing does. */
export function valueProblem(type: VariableType, text: string): ValueProblem | null {
  if (text.length > LONGEST_VALUE) return "long";
  switch (type) {
    case "text":
      return null;
    case "number":
      return text.trim() !== "" && Number.isFinite(Number(text)) ? null : "number";
    case "boolean":
      return text === "true" || text === "false" ? null : "boolean";
    case "json":
      return isJson(text) ? null : "json";
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Not JSON is the answer.
    return false;
  }
}

/** What the editor begins with when the type is changed; what was typed stays where it still fits. */
export function valueForType(type: VariableType, text: string): string {
  if (valueProblem(type, text) === null) return text;
  return type === "boolean" ? "false" : text;
}

/** A variable in an address: `REGION`, or `REGION:ferry` for one agent's own. */
export function variableKey({ name, agent }: VariableRef): string {
  return agent === null ? name : `${name}:${agent}`;
}

export function readVariableKey(key: string): VariableRef | null {
  const [name = "", agent] = key.split(":", 2);
  if (!variableNameSchema.safeParse(name).success) return null;
  if (agent === undefined) return { name, agent: null };
  const known = agentNameSchema.safeParse(agent);
  return known.success ? { name, agent: known.data } : null;
}

export type VariableNameProblem = "missing" | "pattern" | "taken";

export function variableNameProblem(
  name: string,
  agent: AgentName | null,
  taken: readonly VariableRef[],
): VariableNameProblem | null {
  if (name === "") return "missing";
  if (!variableNameSchema.safeParse(name).success) return "pattern";
  return taken.some((each) => each.name === name && each.agent === agent) ? "taken" : null;
}
