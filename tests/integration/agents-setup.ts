import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Agent } from "#contract/agent.ts";
import type { CoreEvent } from "#contract/events.ts";
import { agentNameSchema } from "#contract/ids.ts";
import type { Clock, Timer } from "#core/clock.ts";
import { AgentRegistry, ReleaseStore, SampleShelf } from "#main/agents/index.ts";
import { SystemClock } from "#main/platform/index.ts";
import { MemoryAgentRecords } from "./agents-memory-records.ts";

const SAMPLES = join(import.meta.dirname, "../../resources/samples");
/** A valid manifest with an agent's name. */
export function manifestOf(name: string, more = ""): string {
  return `apiVersion: pilothouse/v1
kind: Agent
name: ${name}
class: computational
runtimes: { process: { command: [python, main.py] } }
${more}`;
}

/** A registry over a temporary home, with what it published. */
export async function setUpRegistry(
  options: { clock?: Clock; liveRuns?: number; records?: MemoryAgentRecords } = {},
) {
  const home = await mkdtemp(join(tmpdir(), "pilothouse-agents-"));
  const clock = options.clock ?? new SystemClock();
  const records = options.records ?? new MemoryAgentRecords();
  const events: CoreEvent[] = [];
  const troubles: unknown[] = [];
  const published = new EventTarget();
  const open = async () => {
    const registry = new AgentRegistry({
      records,
      releases: new ReleaseStore({ folder: join(home, "data/releases"), clock }),
      samples: new SampleShelf({ folder: SAMPLES, copies: join(home, "data/samples") }),
      clock,
      homeFolder: home,
      publish: (event) => {
        events.push(event);
        published.dispatchEvent(new Event("event"));
      },
      liveRuns: () => options.liveRuns ?? 0,
      onTrouble: (error) => {
        troubles.push(error);
        published.dispatchEvent(new Event("event"));
      },
    });
    await registry.start();
    return registry;
  };
  const registry = await open();
  return {
    home,
    records,
    registry,
    events,
    /** What looks in the background could not do. */
    troubles,
    /** A second life of the core over the same records. */
    open,
    async folder(name: string, text: string | null) {
      const folder = join(home, name);
      await mkdir(folder, { recursive: true });
      if (text !== null) await writeFile(join(folder, "agent.yaml"), text);
      return folder;
    },
    /** Resolves when the agent is as wanted, at once or after some event. */
    async until(name: string, isWanted: (agent: Agent) => boolean): Promise<Agent> {
      for (;;) {
        const agent = registry.get(agentNameSchema.parse(name));
        if (isWanted(agent)) return agent;
        await new Promise((resolve) => published.addEventListener("event", resolve, { once: true }));
      }
    },
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export const named = (name: string) => agentNameSchema.parse(name);

/** Time stands still until the test moves it; regular looks then happen when the test says so. */
export class ManualClock implements Clock {
  #nowMs = Date.now();
  readonly #timers = new Map<Timer, { dueMs: number; action: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): Timer {
    const timer: Timer = { cancel: () => void this.#timers.delete(timer) };
    this.#timers.set(timer, { dueMs: this.#nowMs + delayMs, action });
    return timer;
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const [timer, { dueMs, action }] of [...this.#timers]) {
      if (dueMs > this.#nowMs) continue;
      this.#timers.delete(timer);
      action();
    }
  }
}
