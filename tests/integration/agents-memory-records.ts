import type { AgentName } from "#contract/ids.ts";
import type { AgentChange, AgentRecords, NewAgent, StoredAgent } from "#main/agents/index.ts";

/** Agent records without a database. */
export class MemoryAgentRecords implements AgentRecords {
  readonly #agents = new Map<AgentName, StoredAgent>();

  insert(agent: NewAgent): void {
    if (this.#agents.has(agent.name)) throw new Error(`${agent.name} is there already`);
    this.#agents.set(agent.name, { ...agent, release: null });
  }

  update(name: AgentName, change: AgentChange): void {
    const stored = this.#agents.get(name);
    if (stored === undefined) throw new Error(`${name} is not there`);
    this.#agents.set(name, { ...stored, ...change });
  }

  remove(name: AgentName): void {
    this.#agents.delete(name);
  }

  all(): readonly StoredAgent[] {
    return [...this.#agents.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: AgentName): StoredAgent | null {
    return this.#agents.get(name) ?? null;
  }
}
