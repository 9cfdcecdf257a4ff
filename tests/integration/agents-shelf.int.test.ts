import { access, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { manifestOf, setUpRegistry } from "./agents-setup.ts";

test("the chooser lists folders, also linked ones, and marks those with an agent", async () => {
  await using place = await setUpRegistry();
  const agent = await place.folder("projects/agent", manifestOf("a"));
  await place.folder("projects/plain", null);
  await place.folder("projects/.hidden", null);
  await symlink(agent, join(place.home, "projects/linked"));
  await symlink("/nowhere", join(place.home, "projects/dangling"));
  await writeFile(join(place.home, "projects/file.txt"), "");

  const listing = await place.registry.browse("~/projects");

  expect(listing).toEqual({
    folder: join(place.home, "projects"),
    parent: place.home,
    folders: [
      { name: "agent", hasManifest: true },
      { name: "linked", hasManifest: true },
      { name: "plain", hasManifest: false },
    ],
    hasManifest: false,
  });
  expect((await place.registry.browse(null)).folder).toBe(place.home);
  expect((await place.registry.browse("/")).parent).toBeNull();
  await expect(place.registry.browse("/nowhere")).rejects.toMatchObject({ code: "folder.unreadable" });
});

test("a sample is copied once, keeps what the user changed in it, and unknown ones are refused", async () => {
  await using place = await setUpRegistry();
  const [first] = await Promise.all([
    place.registry.addSample("word-count"),
    place.registry.addSample("word-count"),
  ]);
  await writeFile(join(first.folder, "note.txt"), "mine");

  const again = await place.registry.addSample("word-count");

  expect([again.folder, await readFile(join(first.folder, "note.txt"), "utf8")]).toEqual([
    join(place.home, "data/samples/word-count"),
    "mine",
  ]);
  await expect(place.registry.addSample("word-cuont")).rejects.toMatchObject({
    code: "agent.not_found",
    details: { nearest: "word-count" },
  });
  expect((await place.registry.samples()).map(({ name }) => name)).toEqual([
    "clock-service",
    "feed-digest",
    "page-watcher",
    "word-count",
  ]);
});

test("the shipped folder of a sample is added as a copy of the user's own, complete with its packages", async () => {
  await using place = await setUpRegistry();

  const agent = await place.registry.add(join(import.meta.dirname, "../../resources/samples/page-watcher"));

  expect(agent.folder).toBe(join(place.home, "data/samples/page-watcher"));
  await access(join(agent.folder, "vendor/playwright-core/index.mjs"));
});

test("services start with the program unless the user says otherwise", async () => {
  await using place = await setUpRegistry();

  const added = await place.registry.addSample("clock-service");
  const changed = place.registry.setSettings(added.name, { isAutostart: false });

  expect([added.isAutostart, changed.isAutostart, place.records.find(added.name)?.isAutostart]).toEqual([
    true,
    false,
    false,
  ]);
});
