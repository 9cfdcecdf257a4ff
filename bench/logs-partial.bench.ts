import { followLogSchema } from "#contract/log.ts";
import { openBuiltCore } from "./built-core.ts";
import { printFigure } from "./figure.ts";

const ROUNDS = 100;
const EVERY_MS = 40;
const LAST_MS = 1_000;
const PROMISED_MS = 200;
const MANIFEST = "class: computational\nruntimes:\n  process:\n    command: [node, main.mjs]\n";
/** Writes one line in pieces and never ends it; each piece says when it was written. */
const AGENT = `let left = ${ROUNDS};
const timer = setInterval(() => {
  process.stdout.write(" " + (performance.timeOrigin + performance.now()));
  left -= 1;
  if (left > 0) return;
  clearInterval(timer);
  // The end of the process would end the line.
  setTimeout(() => undefined, ${LAST_MS});
}, ${EVERY_MS});
`;

/** From the write of a process to the unfinished line in the hands of a subscriber, through the whole core. */
async function measure(): Promise<void> {
  await using harness = await openBuiltCore();
  await harness.agent("types-slowly", MANIFEST, { "main.mjs": AGENT });
  const { id } = await harness.start("types-slowly");
  const request = followLogSchema.parse({ runId: id });
  const news = harness.core.faces.logs.follow(request, new AbortController().signal);
  const delays = new Map<number, number>();
  // Nothing in a core keeps a program going: that is what its entries are for.
  const awake = setInterval(() => undefined, LAST_MS);
  for await (const { partials } of news) {
    const seenMs = performance.timeOrigin + performance.now();
    const written = partials.flatMap(({ text }) => text.trim().split(" ")).map(Number);
    for (const atMs of written) if (!delays.has(atMs)) delays.set(atMs, seenMs - atMs);
  }
  clearInterval(awake);
  if (delays.size !== ROUNDS) throw new Error(`only ${delays.size} of ${ROUNDS} pieces were seen unfinished`);
  const sorted = [...delays.values()].sort((a, b) => a - b);
  const [middle = 0, slow = 0] = [0.5, 0.99].map((share) => sorted[Math.floor(ROUNDS * share)]);
  printFigure({
    name: "a piece of a line in the hands of a subscriber, 99th percentile",
    ours: `${slow.toFixed(0)} ms, ${middle.toFixed(0)} ms in the middle`,
    alternative: `${PROMISED_MS} ms promised`,
    ratio: slow / PROMISED_MS,
    promise: `≤ ${PROMISED_MS} ms`,
    isKept: slow <= PROMISED_MS,
  });
}

await measure();
