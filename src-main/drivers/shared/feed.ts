/**
 * A list that is filled at one end and read once at the other, in order, by one consumer.
 *
 * `close` ends the reading after the last item; `fail` makes it throw after the last item.
 */
export class Feed<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #end: { readonly error: unknown } | "open" | "closed" = "open";
  #wake: (() => void) | null = null;
  #isTaken = false;
  readonly #drained = Promise.withResolvers<void>();

  /** Resolves once the feed was closed and its consumer has come to the end; never when it failed. */
  get drained(): Promise<void> {
    return this.#drained.promise;
  }

  get isOpen(): boolean {
    return this.#end === "open";
  }

  push(item: T): void {
    if (this.#end !== "open") return;
    this.#items.push(item);
    this.#wake?.();
  }

  close(): void {
    if (this.#end === "open") this.#end = "closed";
    this.#wake?.();
  }

  fail(error: unknown): void {
    if (this.#end === "open") this.#end = { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    if (this.#isTaken) throw new Error("a feed has one consumer");
    this.#isTaken = true;
    while (true) {
      const item = this.#items.shift();
      if (item !== undefined) {
        yield item;
        continue;
      }
      if (this.#end === "closed") {
        this.#drained.resolve();
        return;
      }
      if (this.#end !== "open") throw this.#end.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
