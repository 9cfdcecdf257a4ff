import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openLogs } from "#tests/helpers/log-store.ts";
import { chunkOf, createFolder, idOf, openStoreIn } from "./store-fixture.ts";

const run = promisify(execFile);
const CHILD = fileURLToPath(new URL("./store-writer-child.ts", import.meta.url));
const COUNT = 12;

async function hasStrace(): Promise<boolean> {
  return await run("strace", ["-V"]).then(
    () => true,
    () => false,
  );
}

/** Runs a writer whose `when`-th call of one kind fails; says what the writer said and how often the fault fired. */
async function writeWithFault(
  folder: string,
  { call, error, when }: { call: string; error: string; when: string },
) {
  const trace = path.join(folder, "trace");
  const inject = `inject=${call}:error=${error}:when=${when}`;
  const command = ["-f", "--seccomp-bpf", "-qq", "-o", trace, "-e", `trace=${call}`, "-e", inject];
  const { stdout } = await run("strace", [...command, process.execPath, CHILD, folder, String(COUNT)]);
  const fired = (await readFile(trace, "utf8")).split("(INJECTED)").length - 1;
  return { said: stdout.trim().split("\n"), fired };
}

async function stored(folder: string) {
  await using store = await openStoreIn(folder);
  await using logs = openLogs(path.join(folder, "logs"));
  const signal = new AbortController().signal;
  const bytes = Buffer.concat(await Array.fromAsync(logs.raw(idOf(0), { isFollowing: false, signal })));
  return { recovery: store.recovery, total: store.runs.list({ limit: 1 }).total, log: bytes.toString() };
}

test.each([
  { call: "fsync,fdatasync", error: "EIO", when: "3" },
  { call: "fsync,fdatasync", error: "EIO", when: "6" },
  { call: "fsync,fdatasync", error: "ENOSPC", when: "8" },
  { call: "fdatasync", error: "EIO", when: "1" },
  { call: "pwrite64", error: "EIO", when: "4" },
  { call: "pwrite64", error: "ENOSPC", when: "9" },
  { call: "pwrite64", error: "EIO", when: "20" },
  { call: "pwritev", error: "ENOSPC", when: "1" },
  { call: "pwritev", error: "EIO", when: "2" },
  { call: "pwritev,ftruncate", error: "EIO", when: "2" },
])(
  "$call failing with $error at call $when is said, and after a second attempt everything is there once",
  async (fault) => {
    expect(await hasStrace(), "strace is needed to make system calls fail").toBe(true);
    await using context = await createFolder();

    const { said, fired } = await writeWithFault(context.folder, fault);

    expect(fired, "the fault fired").toBeGreaterThan(0);
    expect(said.filter((line) => line.startsWith("refused")).length, said.join("; ")).toBeGreaterThan(0);
    expect(said.at(-1)).toBe("done");
    expect(await stored(context.folder)).toEqual({
      recovery: null,
      total: COUNT,
      log: Array.from({ length: COUNT }, (_, index) => chunkOf(index + 1)).join(""),
    });
  },
);
