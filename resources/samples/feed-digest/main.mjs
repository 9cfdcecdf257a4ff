/**
 * Reads the new items of a feed and writes a digest of them.
 *
 * Shows what an automation needs: a resume point that is written after every item, so that whatever interrupts
 * it (a failure, a stop, a power cut) costs one item at most; and JSON log lines. Nothing but Node is used.
 */
import { appendFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const here = import.meta.dirname;

/** Writes one log line. Pilothouse shows timestamp, level and message, and keeps the other fields. */
function log(level, message, fields = {}) {
  process.stdout.write(
    `${JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields })}\n`,
  );
}

/** Where this agent got to, in all its runs. */
class ResumePoint {
  constructor(file) {
    this.file = file;
  }

  /** The number of the last item that is done, 0 at the very beginning; and whether it was the last of all. */
  async read() {
    try {
      const { last, isFinished } = JSON.parse(await readFile(this.file, "utf8"));
      if (Number.isSafeInteger(last) && last >= 0) return { last, isFinished: isFinished === true };
    } catch {
      // No file, or one that is no resume point: everything is new.
    }
    return { last: 0, isFinished: false };
  }

  /** Written beside the file and renamed, so that there is always an old or a new one and never half of one. */
  async write(last, isFinished) {
    await mkdir(dirname(this.file), { recursive: true });
    const draft = `${this.file}.${process.pid}`;
    await writeFile(draft, JSON.stringify({ last, isFinished, at: new Date().toISOString() }));
    await rename(draft, this.file);
  }
}

async function readFeed(file) {
  // Relative to this file, because an agent's own files lie there whatever folder it was started in.
  const { items } = JSON.parse(await readFile(resolve(here, file), "utf8"));
  return items.toSorted((a, b) => a.number - b.number);
}

async function main() {
  // Defaults of the manifest are filled in by Pilothouse; the ones here let the file run by hand, too.
  const input = {
    feed: "feed.json",
    topic: "everything",
    limit: 100,
    pauseMs: 150,
    resumeFile: "",
    startOver: false,
    rehearse: "no",
    ...JSON.parse(process.env.PILOTHOUSE_INPUT ?? "{}"),
  };
  const digest = join(process.env.PILOTHOUSE_WORKDIR ?? ".", "digest.md");
  const ownPlace = join(tmpdir(), `feed-digest-${userInfo().username}`, "resume.json");
  const resume = new ResumePoint(input.resumeFile === "" ? ownPlace : resolve(input.resumeFile));

  // A soft stop: finish the item in hand, then end. The resume point is right at any moment anyway.
  const stop = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"]) process.once(name, () => stop.abort());

  const before = await resume.read();
  // An interrupted round is finished first; otherwise every new attempt would begin anew and never get through.
  const last = input.startOver && before.isFinished ? 0 : before.last;
  const items = (await readFeed(input.feed))
    .filter((item) => item.number > last)
    .filter((item) => input.topic === "everything" || item.topic === input.topic)
    .slice(0, input.limit);
  log("info", items.length === 0 ? "Nothing is new" : `${items.length} items are new`, { after: last });
  await writeFile(digest, `# Digest of ${new Date().toISOString().slice(0, 10)}\n`);

  // A rehearsed failure happens only on a fresh start, so that the next attempt gets through.
  const failsAt = input.rehearse === "lost connection" && last === 0 ? Math.ceil(items.length / 2) : -1;
  let done = 0;
  for (const item of items) {
    if (stop.signal.aborted) {
      log("warn", "Asked to stop; the next run goes on from here", { done });
      return 0;
    }
    if (done === failsAt) throw new Error("the connection was lost (rehearsed)");
    await appendFile(digest, `\n## ${item.title}\n\n${item.text}\n`);
    done += 1;
    await resume.write(item.number, done === items.length);
    log("info", item.title, { item: item.number, topic: item.topic, progress: done / items.length });
    await sleep(input.pauseMs);
  }
  log("info", "The digest is written", { file: digest, items: done });
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  // One readable line, and an exit code that makes the restart policy try again.
  log("error", error.message, { error: error.name });
  process.exitCode = 1;
}
