import type { CoreEvent } from "#contract/events.ts";

/** A stored event with its place in the sequence. */
export interface JournalEntry {
  readonly seq: number;
  readonly event: CoreEvent;
}

const CAPACITY = 2_000;

/**
 * The last events of this core, so that a page that was away for a moment can catch up.
 *
 * An id is `<journal name>:<seq>`; an id of another core (after a restart) or one that is too old yields
 * null, and the reader starts anew.
 */
export class EventJournal {
  readonly #name: string;
  readonly #entries: JournalEntry[] = [];
  readonly #listeners = new Set<() => void>();
  #lastSeq = 0;

  /** @param name differs between any two lives of a core */
  constructor(name: string) {
    this.#name = name;
  }

  publish(event: CoreEvent): void {
    this.#lastSeq += 1;
    this.#entries.push({ seq: this.#lastSeq, event });
    if (this.#entries.length > CAPACITY) this.#entries.splice(0, this.#entries.length - CAPACITY);
    for (const listener of [...this.#listeners]) listener();
  }

  /** Id of the newest event; what a fresh reader continues from. */
  currentId(): string {
    return this.#idOf(this.#lastSeq);
  }

  /** Events after `id`, oldest first, and the id to go on from; null when they are no longer known. */
  since(id: string): { events: readonly CoreEvent[]; id: string } | null {
    const [name, seqText] = id.split(":");
    const seq = Number(seqText);
    if (name !== this.#name || !Number.isInteger(seq) || seq < 0 || seq > this.#lastSeq) return null;
    const oldest = this.#entries[0]?.seq ?? this.#lastSeq + 1;
    if (seq + 1 < oldest) return null;
    return {
      events: this.#entries.filter((entry) => entry.seq > seq).map((entry) => entry.event),
      id: this.currentId(),
    };
  }

  /** Calls `listener` after every publish until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #idOf(seq: number): string {
    return `${this.#name}:${seq}`;
  }
}
