import { type ByteRange, utf8Sequences } from "./code-ranges.ts";
import { type PatternNode, type Place, patternFault } from "./parse-pattern.ts";

/** A step of the machine; the numbers are places in its list of steps. */
export type Step =
  | { readonly type: "bytes"; readonly first: number; readonly last: number; next: number }
  | { readonly type: "either"; one: number; other: number }
  | { readonly type: "place"; readonly place: Place; next: number }
  | { readonly type: "found" };

export interface Machine {
  readonly steps: readonly Step[];
  readonly start: number;
}

const STEP_LIMIT = 20_000;
/** Bytes that begin no character; a character class that takes everything takes them too. */
const STRAY_BYTES: readonly ByteRange[] = [
  [0x80, 0xc1],
  [0xf5, 0xff],
];
const BEYOND_UNICODE = 0x10ffff;

/** The machine of a pattern (Thompson, 1968), over the bytes of UTF-8. Built from its end to its beginning. */
export function compilePattern(node: PatternNode): Machine {
  const builder = new MachineBuilder();
  const found = builder.add({ type: "found" });
  return { start: builder.build(node, found), steps: builder.steps };
}

class MachineBuilder {
  readonly steps: Step[] = [];

  add(step: Step): number {
    if (this.steps.length >= STEP_LIMIT) throw patternFault("too many repeats or characters");
    return this.steps.push(step) - 1;
  }

  /** The place at which to begin so that `next` follows what fits `node`. */
  build(node: PatternNode, next: number): number {
    switch (node.type) {
      case "set":
        return this.#set(node, next);
      case "sequence":
        return node.parts.reduceRight((behind, part) => this.build(part, behind), next);
      case "choice":
        return this.#either(node.options.map((option) => this.build(option, next)));
      case "place":
        return this.add({ type: "place", place: node.place, next });
      case "repeat":
        return this.#repeat(node, next);
    }
  }

  #set({ ranges }: Extract<PatternNode, { type: "set" }>, next: number): number {
    const sequences = ranges.flatMap(utf8Sequences);
    if (ranges.some(([, last]) => last === BEYOND_UNICODE)) {
      sequences.push(...STRAY_BYTES.map((range) => [range]));
    }
    const ways = sequences.map((sequence) =>
      sequence.reduceRight(
        (behind, [first, last]) => this.add({ type: "bytes", first, last, next: behind }),
        next,
      ),
    );
    return this.#either(ways);
  }

  #either(ways: readonly number[]): number {
    const [first, ...rest] = ways;
    // A set without characters fits nothing.
    if (first === undefined) return this.add({ type: "bytes", first: 1, last: 0, next: 0 });
    return rest.reduce((one, other) => this.add({ type: "either", one, other }), first);
  }

  #repeat({ node, min, max }: Extract<PatternNode, { type: "repeat" }>, next: number): number {
    let place = next;
    if (max === null) {
      const loop: Step = { type: "either", one: next, other: next };
      place = this.add(loop);
      loop.other = this.build(node, place);
    }
    for (let count = min; max !== null && count < max; count += 1) {
      place = this.add({ type: "either", one: next, other: this.build(node, place) });
    }
    for (let count = 0; count < min; count += 1) place = this.build(node, place);
    return place;
  }
}
