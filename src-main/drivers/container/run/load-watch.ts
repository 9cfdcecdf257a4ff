import { appendFile, readFile, rename, stat } from "node:fs/promises";
import type { LoadSample } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import { Feed } from "../../shared/feed.ts";
import type { EngineApi } from "../engine/engine-api.ts";
import { hangUpOn } from "../engine/hang-up.ts";
import { readJsonLines } from "../engine/json-lines.ts";
import { LoadMeter } from "../engine/load-sample.ts";

export interface LoadWatchDeps {
  readonly api: EngineApi;
  readonly clock: Clock;
  readonly containerId: string;
  /** Where the samples are kept, one JSON object per line. */
  readonly file: string;
}

const EVERY_MS = 2_000;
/** Half of what is kept: about eight hours. */
const FILE_BYTES = 1 << 20;
const OLD = ".old";

/** The load of a container, sampled while it is followed. Losing a sample is no fault of the run. */
export class LoadWatch {
  readonly samples = new Feed<LoadSample>();
  readonly #deps: LoadWatchDeps;
  readonly #closing = new AbortController();

  constructor(deps: LoadWatchDeps) {
    this.#deps = deps;
    void this.#run();
  }

  close(): void {
    this.#closing.abort();
    this.samples.close();
  }

  async #run(): Promise<void> {
    const { api, containerId } = this.#deps;
    const { signal } = this.#closing;
    const meter = new LoadMeter();
    let lastMs = Number.NEGATIVE_INFINITY;
    try {
      const stream = await api.call((docker) => docker.getContainer(containerId).stats({ stream: true }), {
        signal,
      });
      using _ = hangUpOn(signal, stream);
      for await (const answer of readJsonLines(stream)) {
        if (signal.aborted) return;
        const load = meter.measure(answer);
        if (load === null || load.atMs - lastMs < EVERY_MS * 0.9) continue;
        lastMs = load.atMs;
        const { atMs, cpuCores, memoryBytes, processCount } = load;
        const sample = { atMs, cpuCores, memoryBytes, processCount };
        this.samples.push(sample);
        await this.#keep(sample);
      }
    } catch {
      // The engine has no figures, or the link is gone; the run itself is not touched by that.
    } finally {
      this.samples.close();
    }
  }

  async #keep(sample: LoadSample): Promise<void> {
    const { file } = this.#deps;
    await appendFile(file, `${JSON.stringify(sample)}\n`, { mode: 0o600 });
    const { size } = await stat(file);
    if (size > FILE_BYTES) await rename(file, file + OLD);
  }
}

/** What a `LoadWatch` kept, oldest first. */
export async function readLoads(file: string): Promise<readonly LoadSample[]> {
  const texts = await Promise.all([file + OLD, file].map((each) => readFile(each, "utf8").catch(() => "")));
  return texts
    .join("")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as LoadSample];
      } catch {
        // Nothing, or a line that was being written when the computer went down.
        return [];
      }
    });
}
