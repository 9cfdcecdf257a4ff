import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import type { AgentName } from "#contract/ids.ts";
import type { Door } from "#contract/run.ts";
import type { SetVariable, Variable, VariableChange, VariableRef, VariableType } from "#contract/variable.ts";
import type { Clock } from "#core/clock.ts";
import { findNearest } from "#core/manifest/nearest-word.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import type { UsageSource } from "./credentials.ts";
import type { StoredVariable, VariableRecords } from "./variable-records.ts";

export interface VariablesDeps {
  readonly records: VariableRecords;
  readonly usage: Pick<UsageSource, "manifests">;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly who: string;
  readonly publish: (event: CoreEvent) => void;
}

const HISTORY = 200;

/** Named values that are no secrets, for all agents or for one, with a history. */
export class Variables {
  readonly #deps: VariablesDeps;

  constructor(deps: VariablesDeps) {
    this.#deps = deps;
  }

  list(): readonly Variable[] {
    const all = this.#deps.records.all();
    return all.map((stored) => this.#view(stored, all));
  }

  get(ref: VariableRef): Variable {
    const stored = this.#deps.records.find(ref);
    if (stored === null) throw this.#notFound(ref);
    return this.#view(stored, this.#deps.records.all());
  }

  set({ name, agent, type, value }: SetVariable, door: Door): Variable {
    const { audit, clock, publish, records, who } = this.#deps;
    const act = { door, action: "variable.set", subject: name, details: { agent: agent ?? "" } } as const;
    return audit.aroundSync(act, () => {
      const wanted = type ?? records.find({ name, agent })?.type ?? "text";
      checkValue(name, wanted, value);
      records.set({ name, agent, type: wanted, value, changedAtMs: clock.nowMs() }, { who, door });
      publish({ type: "variable.changed", name });
      return this.get({ name, agent });
    });
  }

  remove(ref: VariableRef, door: Door): void {
    const { audit, clock, publish, records, who } = this.#deps;
    const { name, agent } = ref;
    const act = { door, action: "variable.remove", subject: name, details: { agent: agent ?? "" } } as const;
    audit.aroundSync(act, () => {
      if (records.find(ref) === null) throw this.#notFound(ref);
      records.remove(ref, { who, door, atMs: clock.nowMs() });
      publish({ type: "variable.changed", name });
    });
  }

  history(ref: VariableRef): readonly VariableChange[] {
    return this.#deps.records.history(ref, HISTORY);
  }

  /**
   * The values an agent reads, its own before those of all agents.
   *
   * @throws AppError `start.variable_missing`
   */
  valuesFor(agent: AgentName, names: readonly string[]): Readonly<Record<string, string>> {
    return Object.fromEntries(
      names.map((name) => {
        const { records } = this.#deps;
        const stored = records.find({ name, agent }) ?? records.find({ name, agent: null });
        if (stored !== null) return [name, stored.value];
        throw new AppError(
          "start.variable_missing",
          `The agent reads the variable ${name}, which is not set; pilothouse variable set ${name} VALUE`,
          { details: { agent, variable: name } },
        );
      }),
    );
  }

  #view(stored: StoredVariable, all: readonly StoredVariable[]): Variable {
    const { agent, name } = stored;
    const own = new Set(all.filter((other) => other.name === name).map((other) => other.agent));
    const usedBy = this.#deps.usage
      .manifests()
      .filter(({ variables = [] }) => variables.includes(name))
      .map((manifest) => manifest.name as AgentName)
      .filter((reader) => (agent === null ? !own.has(reader) : reader === agent));
    return { ...stored, usedBy };
  }

  #notFound({ name, agent }: VariableRef): AppError {
    const names = this.#deps.records.all().map((variable) => variable.name);
    const whose = agent === null ? "" : ` for ${agent}`;
    return new AppError("variable.not_found", `No variable is named ${name}${whose}`, {
      details: { variable: name, nearest: findNearest(name, names) ?? "" },
    });
  }
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

function checkValue(variable: string, type: VariableType, value: string): void {
  const problem = problemOf(type, value);
  if (problem === null) return;
  throw new AppError("variable.invalid", `${variable} is a ${type}: ${problem}`, {
    details: { variable, type, problem },
  });
}

function problemOf(type: VariableType, value: string): string | null {
  if (value.includes("\0")) return "a value cannot hold a NUL character";
  if (type === "number") return NUMBER.test(value) ? null : "the value is no number";
  if (type === "boolean") return value === "true" || value === "false" ? null : "true or false";
  if (type === "text") return null;
  try {
    JSON.parse(value);
    return null;
  } catch {
    return "the value is no JSON document";
  }
}
