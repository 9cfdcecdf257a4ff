import { expect, test } from "vitest";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { DiskSilent, PatientDisk } from "./patient-disk.ts";

test("nobody waits longer than the limit, and no second question is put to a silent disk", async () => {
  const clock = new FakeClock();
  const disk = new PatientDisk(clock);
  const first = Promise.withResolvers<string>();
  const asked: string[] = [];

  const waiting = disk.ask(1_500, () => {
    asked.push("first");
    return first.promise;
  });
  const refused = expect(waiting).rejects.toThrow(DiskSilent);
  await clock.pass(1_500);
  await refused;
  await expect(disk.ask(1_500, async () => asked.push("second"))).rejects.toThrow(DiskSilent);
  first.resolve("late");
  await first.promise;
  await Promise.resolve();

  expect(await disk.ask(1_500, async () => asked.push("third"))).toBe(2);
  expect(asked).toEqual(["first", "third"]);
});

test("an answer in time comes through, and so does a failure", async () => {
  const disk = new PatientDisk(new FakeClock());

  expect(await disk.ask(10, async () => "here")).toBe("here");
  await expect(disk.ask(10, () => Promise.reject(new Error("EIO")))).rejects.toThrow("EIO");
  expect(await disk.ask(10, async () => "again")).toBe("again");
});
