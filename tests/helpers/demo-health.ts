import { AppError } from "#contract/errors.ts";
import { THIS_COMPUTER } from "#contract/ids.ts";
import type { DoctorCheck } from "#contract/system.ts";
import type { Target } from "#contract/target.ts";
import type { UpdateState } from "#contract/update.ts";
import { DEMO_NOW_MS } from "./demo-data.ts";

const SECOND = 1_000;

export function demoTarget(isFailing: boolean): Target {
  return {
    id: THIS_COMPUTER,
    kind: "process",
    name: "This computer",
    capabilities: {
      survivesAppExit: true,
      terminal: false,
      loadSamples: true,
      screenshots: true,
      runtime: "process",
    },
    probe: {
      isReachable: !isFailing,
      atMs: DEMO_NOW_MS - 40 * SECOND,
      facts: [
        { key: "system", value: "Debian GNU/Linux 12 (bookworm)" },
        { key: "cores", value: "8" },
        { key: "memory", value: "31.2 GiB" },
        { key: "disk", value: "41.3 GiB of 233 GiB free" },
        { key: "python", value: isFailing ? "not found" : "3.11.2" },
        { key: "node", value: "v24.21.0" },
        { key: "browser", value: "/usr/bin/chromium" },
        { key: "cgroups", value: isFailing ? "read-only" : "writable" },
        { key: "processors", value: "8" },
        { key: "memoryBytes", value: String(31.2 * 2 ** 30) },
      ],
      warnings: isFailing ? ["The data folder cannot be written"] : [],
      ...(isFailing ? { failure: { code: "data.read_only", details: { folder: DATA_FOLDER } } } : {}),
    },
  };
}

const DATA_FOLDER = "/home/kim/.local/share/pilothouse";

export function demoDoctor(isFailing: boolean): readonly DoctorCheck[] {
  const text = { found: "", advice: "" };
  const sound: DoctorCheck[] = [
    {
      id: "system",
      status: "ok",
      ...text,
      finding: { code: "system", details: { system: "Debian GNU/Linux 12 (bookworm)" } },
    },
    {
      id: "database",
      status: "ok",
      ...text,
      finding: { code: "database-answers", details: { file: `${DATA_FOLDER}/pilothouse.db` } },
    },
    { id: "sqlite", status: "ok", ...text, finding: { code: "sqlite-fine", details: { version: "3.53.4" } } },
    { id: "clock", status: "ok", ...text, finding: { code: "clock-even", details: {} } },
    { id: "orphans", status: "ok", ...text, finding: { code: "orphans-none", details: {} } },
    {
      id: "cgroups",
      status: "warning",
      ...text,
      finding: { code: "limits-refused", details: {} },
    },
  ];
  const folder: DoctorCheck = isFailing
    ? {
        id: "data-folder",
        status: "failed",
        ...text,
        finding: {
          code: "check-failed",
          details: { code: "data.read_only", folder: DATA_FOLDER, problem: "read-only file system" },
        },
      }
    : {
        id: "data-folder",
        status: "ok",
        ...text,
        finding: { code: "folder-writable", details: { folder: DATA_FOLDER } },
      };
  const space: DoctorCheck = {
    id: "disk-space",
    status: isFailing ? "failed" : "ok",
    ...text,
    finding: {
      code: isFailing ? "space-none" : "space-enough",
      details: { freeBytes: (isFailing ? 12 : 41_300) * 2 ** 20, folder: DATA_FOLDER },
    },
  };
  const python: DoctorCheck = isFailing
    ? { id: "python", status: "warning", ...text, finding: { code: "python-missing", details: {} } }
    : {
        id: "python",
        status: "ok",
        ...text,
        finding: { code: "python-found", details: { version: "3.11.2" } },
      };
  return [folder, space, python, ...sound];
}

/** A newer version, none that is looked for, or one that was refused. */
export function demoUpdate(scenario: "empty" | "full" | "failing"): UpdateState {
  if (scenario === "empty") return { kind: "off" };
  if (scenario === "full") return { kind: "available", version: "0.2.0", way: "install" };
  const problem = "no known key has signed it";
  const error = new AppError("update.untrusted", `The update is not used: ${problem}`, {
    details: { problem },
  });
  return { kind: "failed", error: error.toWire(), version: null };
}
