import { MultiplexedParser, type StreamPiece } from "../engine/multiplexed.ts";
import type { EngineStream } from "./output-capture.ts";

/** So much is held; then the container waits. */
const MOST_BYTES = 512 << 10;

/** What a container says from now on, held until somebody takes it. */
export class LiveOutput {
  readonly #stream: EngineStream;
  #held: StreamPiece[] = [];
  #heldBytes = 0;
  #hasEnded = false;
  #wake: () => void = () => undefined;
  #goOn: () => void = () => undefined;

  constructor(stream: EngineStream) {
    this.#stream = stream;
    void this.#fill();
  }

  /** Whether there is something to take, or nothing more will come. */
  get hasNews(): boolean {
    return this.#hasEnded || this.#held.length > 0;
  }

  /** All that is held, after a wait for the first of it; nothing at the end. A cut connection is an end as well. */
  async take(): Promise<readonly StreamPiece[]> {
    if (!this.hasNews) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    this.#goOn();
    return held;
  }

  destroy(): void {
    this.#stream.destroy();
    this.#end();
  }

  async #fill(): Promise<void> {
    const parser = new MultiplexedParser();
    try {
      for await (const chunk of this.#stream) {
        if (this.#hasEnded) return;
        const pieces = parser.push(chunk as Uint8Array);
        if (pieces.length === 0) continue;
        this.#held.push(...pieces);
        this.#heldBytes += pieces.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
        this.#wake();
        if (this.#heldBytes >= MOST_BYTES) await this.#taken();
      }
    } catch {
      // As an end: what became of the container is asked by whoever reads this.
    } finally {
      this.#end();
    }
  }

  async #taken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#goOn = resolve;
    });
  }

  #end(): void {
    this.#hasEnded = true;
    this.#wake();
    this.#goOn();
  }
}
