import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { framed, MultiplexedParser, type StreamPiece } from "../engine/multiplexed.ts";
import { LogSeam } from "./log-seam.ts";

type Stream = StreamPiece["stream"];

const NOTHING = { stdout: 0, stderr: 0 };

/** What an engine has of a container: it writes the log first, and then tells those who are attached. */
class Container {
  readonly #log: Uint8Array[] = [];
  readonly #streams: Stream[] = [];
  readonly #attached: Readable[] = [];
  /** What happens before the log is read, or the container attached to, for the nth time; from 0. */
  readonly beforeLog: (() => void)[] = [];
  readonly beforeLive: (() => void)[] = [];
  /** Stands at the end of the log in one reading alone. */
  tornEnd = "";

  say(text: string, stream: Stream = "stdout"): void {
    const frame = framed({ stream, bytes: Buffer.from(text) });
    this.#log.push(frame);
    this.#streams.push(stream);
    for (const one of this.#attached) one.push(frame);
  }

  end(): void {
    for (const one of this.#attached) one.push(null);
  }

  seam(from = NOTHING): LogSeam {
    const openLog = async (wanted: Readonly<Record<Stream, boolean>>) => {
      this.beforeLog.shift()?.();
      const frames = this.#log.filter((_, at) => wanted[this.#streams[at] ?? "stdout"]);
      const torn =
        this.tornEnd === "" ? [] : [framed({ stream: "stdout", bytes: Buffer.from(this.tornEnd) })];
      this.tornEnd = "";
      return Readable.from([...frames, ...torn]);
    };
    const openLive = async () => {
      this.beforeLive.shift()?.();
      const live = new Readable({ read: () => undefined });
      this.#attached.push(live);
      return live;
    };
    return new LogSeam({ openLog, openLive }, from);
  }
}

async function textsOf(seam: LogSeam): Promise<Readonly<Record<Stream, string>>> {
  const parser = new MultiplexedParser();
  const texts = { stdout: "", stderr: "" };
  for await (const frame of seam) {
    for (const { bytes, stream } of parser.push(frame)) texts[stream] += Buffer.from(bytes).toString();
  }
  return texts;
}

/** Enough that it is not held back as unsure. */
const LONG = Array.from({ length: 4_000 }, (_, line) => `line ${line}\n`).join("");

test("what was said while nobody was attached comes out of the log, and the rest live, each once", async () => {
  const container = new Container();
  container.say(LONG);
  container.say("once\n", "stderr");
  container.beforeLive.push(() => container.say("in between\n"));
  container.beforeLog.push(
    () => undefined,
    () => container.say("live\n"),
    () => {
      container.say("later\n", "stderr");
      container.say("last\n");
      container.end();
    },
  );

  const texts = await textsOf(container.seam({ stdout: 7, stderr: 0 }));

  expect(texts).toEqual({ stdout: `${LONG.slice(7)}in between\nlive\nlast\n`, stderr: "once\nlater\n" });
});

test("output that says the same again and again is neither lost nor told twice", async () => {
  const container = new Container();
  container.say("tick\n".repeat(9_000));
  container.beforeLive.push(() => container.say("tick\ntick\n"));
  const more = () => container.say("tick\n");
  container.beforeLog.push(
    () => undefined,
    more,
    more,
    more,
    more,
    more,
    () => {
      more();
      container.end();
    },
  );

  expect((await textsOf(container.seam())).stdout).toBe("tick\n".repeat(9_008));
});

test("the end of a log that was read while it was written is not believed", async () => {
  const container = new Container();
  container.say("whole\n");
  container.tornEnd = "torn\n";
  container.beforeLive.push(() => container.say("torn and whole\n"));
  container.beforeLog.push(
    () => undefined,
    () => container.say("live\n"),
    () => container.end(),
  );

  expect((await textsOf(container.seam())).stdout).toBe("whole\ntorn and whole\nlive\n");
});

test("the last of the log is told while the container is silent", async () => {
  const container = new Container();
  container.say("ready\n");
  const frames = container.seam()[Symbol.asyncIterator]();

  const { value } = await frames.next();

  expect(
    Buffer.from(value as Uint8Array)
      .subarray(8)
      .toString(),
  ).toBe("ready\n");
  container.end();
  expect(await frames.next()).toMatchObject({ done: true });
});

test("nothing is told that does not fit together", async () => {
  const live = Readable.from([framed({ stream: "stdout", bytes: Buffer.from("of another one\n") })]);
  const openLog = async () => Readable.from([framed({ stream: "stdout", bytes: Buffer.from("ready\n") })]);

  await expect(textsOf(new LogSeam({ openLog, openLive: async () => live }, NOTHING))).rejects.toThrow(
    "the log does not hold what the container says",
  );
});
