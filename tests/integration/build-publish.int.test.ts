import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { publishFolder } from "../../scripts/build/publish-folder.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

async function createDist() {
  const root = await mkdtemp(join(tmpdir(), "pilothouse-dist-"));
  const to = join(root, "dist", "main");
  return {
    to,
    files: async () => (await readdir(to)).toSorted(),
    async publish(pieces: readonly string[]) {
      const from = join(root, "staging");
      await mkdir(from, { recursive: true });
      for (const name of ["cli.js", ...pieces]) await writeFile(join(from, name), `// ${name}`);
      await publishFolder({ from, to, entries: ["cli.js"] });
    },
    /** Makes a file as old as if it had been written then. */
    age: (name: string, byMs: number) =>
      utimes(
        join(to, name),
        (performance.timeOrigin + performance.now() - byMs) / 1_000,
        (performance.timeOrigin + performance.now() - byMs) / 1_000,
      ),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

test("a piece of the build before stays for a day after it was replaced, however old it is", async () => {
  await using dist = await createDist();
  await dist.publish(["web-1.js"]);
  await dist.age("web-1.js", 30 * DAY_MS);

  await dist.publish(["web-2.js"]);
  await dist.publish(["web-3.js"]);
  const soon = await dist.files();
  await dist.age("web-1.js", 2 * DAY_MS);
  await dist.publish(["web-3.js"]);

  expect(soon).toEqual(["cli.js", "web-1.js", "web-2.js", "web-3.js"]);
  expect(await dist.files()).toEqual(["cli.js", "web-2.js", "web-3.js"]);
});
