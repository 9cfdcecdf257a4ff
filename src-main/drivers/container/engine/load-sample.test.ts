import { expect, test } from "vitest";
import { LoadMeter } from "./load-sample.ts";

const at = (second: number, cpuSeconds: number) => ({
  read: new Date(1_000_000_000_000 + second * 1000).toISOString(),
  cpu_stats: { cpu_usage: { total_usage: cpuSeconds * 1e9 } },
  memory_stats: { usage: 100, limit: 1000, stats: { total_inactive_file: 30 } },
  pids_stats: { current: 3 },
});

test("a load is the difference between two answers, without the file cache", () => {
  const meter = new LoadMeter();

  expect(meter.measure(at(0, 10))).toBeNull();
  expect(meter.measure(at(2, 11))).toMatchObject({
    cpuCores: 0.5,
    memoryBytes: 70,
    processCount: 3,
    memoryLimitBytes: 1000,
  });
});

test("an answer that is not later than the last one, or is none, gives no load", () => {
  const meter = new LoadMeter();
  meter.measure(at(5, 1));

  expect(meter.measure(at(5, 2))).toBeNull();
  expect(meter.measure({ message: "gone" })).toBeNull();
  expect(meter.measure({ ...at(0, 0), read: "0001-01-01T00:00:00Z" })).toBeNull();
});
