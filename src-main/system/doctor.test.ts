import { expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { Doctor, type DoctorDeps } from "./doctor.ts";

const GIB = 1024 ** 3;

function setup(change: Partial<DoctorDeps> = {}, facts: Partial<DoctorDeps["facts"]> = {}) {
  const clock = new FakeClock();
  const doctor = new Doctor({
    facts: {
      system: async () => "Debian GNU/Linux 12",
      space: async () => ({ freeBytes: 100 * GIB, totalBytes: 200 * GIB }),
      python: async () => "3.11.2",
      node: async () => "v24.21.0",
      browser: async () => "/usr/bin/chromium",
      cgroups: async () => "writable",
      ...facts,
    },
    dataFolder: "/data",
    tryDataFolder: async () => undefined,
    tryDatabase: () => undefined,
    databaseFile: "/data/pilothouse.db",
    sqliteVersion: "3.53.4",
    recovery: null,
    orphans: async () => [],
    clock,
    ...change,
  });
  return {
    clock,
    doctor,
    statusOf: async (id: string) => (await doctor.examine()).find((check) => check.id === id)?.status,
  };
}

test("a sound computer has nothing to be said about", async () => {
  const { doctor } = setup();

  const checks = await doctor.examine();

  expect(checks.filter(({ status, advice }) => status !== "ok" || advice !== "")).toEqual([]);
});

const refuse = () => {
  throw new AppError("data.read_only", "/data cannot be written");
};

const cases: readonly [string, string, Partial<DoctorDeps>, Partial<DoctorDeps["facts"]>][] = [
  ["data-folder", "failed", { tryDataFolder: async () => refuse() }, {}],
  ["database", "failed", { tryDatabase: refuse }, {}],
  ["disk-space", "warning", {}, { space: async () => ({ freeBytes: GIB - 1, totalBytes: GIB }) }],
  ["disk-space", "failed", {}, { space: async () => ({ freeBytes: 1, totalBytes: GIB }) }],
  ["sqlite", "failed", { sqliteVersion: "3.51.2" }, {}],
  ["sqlite", "ok", { sqliteVersion: "3.51.3" }, {}],
  ["sqlite", "ok", { sqliteVersion: "4.0.0" }, {}],
  [
    "store-recovery",
    "warning",
    { recovery: { keptAs: "/data/damaged.db", restoredFrom: null, problem: "malformed" } },
    {},
  ],
  ["runtime", "failed", {}, { node: async () => null }],
  ["python", "warning", {}, { python: async () => null }],
  ["browser", "warning", {}, { browser: async () => null }],
  ["cgroups", "warning", {}, { cgroups: async () => "read-only" }],
  ["cgroups", "warning", {}, { cgroups: async () => "none" }],
  ["orphans", "warning", { orphans: async () => ["0000000000000001"] }, {}],
];

test.each(cases)("%s is %s when something is wrong, and the advice says what to do", async (...row) => {
  const [id, status, change, facts] = row;
  const { doctor } = setup(change, facts);

  const found = (await doctor.examine()).find((check) => check.id === id);

  expect(found?.status).toBe(status);
  expect(found?.advice === "").toBe(status === "ok");
});

test("a check that breaks is a finding, and the others go on", async () => {
  const { doctor } = setup(
    {},
    {
      python: async () => {
        throw new Error("no such thing");
      },
    },
  );

  const checks = await doctor.examine();

  expect(checks.filter(({ status }) => status !== "ok")).toMatchObject([
    { id: "python", status: "failed", found: "no such thing" },
  ]);
  expect(checks).toHaveLength(12);
});

test.each([
  [10_000, "forward"],
  [-10_000, "back"],
] as const)("a clock that was moved by %d ms is noticed", async (byMs, direction) => {
  const { clock, doctor, statusOf } = setup();
  await clock.pass(3_600_000);
  expect(await statusOf("clock")).toBe("ok");

  clock.jump(byMs);

  const checks = await doctor.examine();
  expect(checks.find(({ id }) => id === "clock")).toMatchObject({
    status: "warning",
    found: `The clock was moved ${direction} by 10 s since Pilothouse was started`,
  });
});
