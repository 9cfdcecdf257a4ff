import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LimitReport } from "#contract/run.ts";
import { describeError } from "#main/platform/index.ts";
import type { RunLimits } from "../driver.ts";
import { removeGroups } from "./cgroup-group.ts";

type Limit = "cpus" | "memory" | "pids";

export interface AppliedLimits {
  readonly reports: readonly LimitReport[];
  /** Folders of the run's control groups; the process must enter each before it begins. */
  readonly folders: readonly string[];
}

/** One `file ← value` of a control group. */
interface Setting {
  readonly file: string;
  readonly value: string;
  /** Not every kernel has it. */
  readonly isOptional?: boolean;
}

interface WantedLimit {
  readonly limit: Limit;
  readonly wanted: string;
  readonly controller: string;
  readonly v1: readonly Setting[];
  readonly v2: readonly Setting[];
}

const CPU_PERIOD_US = 100_000;

function wantedLimits(limits: RunLimits): readonly WantedLimit[] {
  const wanted: WantedLimit[] = [];
  if (limits.cpuCores !== undefined) {
    const quotaUs = Math.max(1000, Math.round(limits.cpuCores * CPU_PERIOD_US));
    wanted.push({
      limit: "cpus",
      wanted: String(limits.cpuCores),
      controller: "cpu",
      v1: [
        { file: "cpu.cfs_period_us", value: String(CPU_PERIOD_US) },
        { file: "cpu.cfs_quota_us", value: String(quotaUs) },
      ],
      v2: [{ file: "cpu.max", value: `${quotaUs} ${CPU_PERIOD_US}` }],
    });
  }
  if (limits.memoryBytes !== undefined) {
    const value = String(Math.floor(limits.memoryBytes));
    wanted.push({
      limit: "memory",
      wanted: formatBytes(limits.memoryBytes),
      controller: "memory",
      v1: [
        { file: "memory.limit_in_bytes", value },
        // Memory and swap together, so that swap is no way around the limit.
        { file: "memory.memsw.limit_in_bytes", value, isOptional: true },
      ],
      v2: [
        { file: "memory.max", value },
        { file: "memory.swap.max", value: "0", isOptional: true },
      ],
    });
  }
  if (limits.pids !== undefined) {
    const settings = [{ file: "pids.max", value: String(limits.pids) }];
    wanted.push({
      limit: "pids",
      wanted: String(limits.pids),
      controller: "pids",
      v1: settings,
      v2: settings,
    });
  }
  return wanted;
}

/**
 * Puts the limits of a run in force through control groups, as far as this system lets us, and says for each
 * whether it is in force. Never fails: a limit that cannot be set is reported, not pretended.
 *
 * The groups are made below Pilothouse's own (version 1) or beside it (version 2, where a group with
 * processes cannot have limited children), so a run never gets out of a limit Pilothouse itself is under.
 */
export async function applyLimits(
  runId: string,
  limits: RunLimits,
  platform: string,
): Promise<AppliedLimits> {
  const reports: LimitReport[] = [];
  const folders: string[] = [];
  const wanted = wantedLimits(limits);
  if (wanted.length === 0) return { reports, folders };
  const parents = platform === "linux" ? await findParents() : new Map<string, Parent>();
  for (const one of wanted) {
    const parent = parents.get(one.controller);
    const folder = parent === undefined ? null : join(parent.folder, `pilothouse-${runId}`);
    const outcome = await enforce(one, parent?.version ?? 1, { folder, platform });
    reports.push({ limit: one.limit, wanted: one.wanted, ...outcome });
    if (folder === null || folders.includes(folder)) continue;
    if (outcome.isEnforced) folders.push(folder);
    else await removeGroups([folder]);
  }
  return { reports, folders };
}

async function enforce(
  wanted: WantedLimit,
  version: 1 | 2,
  place: { readonly folder: string | null; readonly platform: string },
): Promise<Pick<LimitReport, "isEnforced" | "how" | "means">> {
  if (place.folder === null) {
    return place.platform === "linux" ? NO_GROUP : NO_GROUPS;
  }
  try {
    await setLimit(place.folder, version === 1 ? wanted.v1 : wanted.v2);
    const means = { code: "control-group", details: { version } } as const;
    return { isEnforced: true, how: `control group, version ${version}`, means };
  } catch (error) {
    const problem = describeError(error);
    const means = { code: "control-group-refused", details: { problem } } as const;
    return { isEnforced: false, how: `control group refused: ${problem}`, means };
  }
}

const NO_GROUP = {
  isEnforced: false,
  how: "no control group with this controller is open to this user",
  means: { code: "no-controller", details: {} },
} as const;
const NO_GROUPS = {
  isEnforced: false,
  how: "this system has no control groups",
  means: { code: "no-control-groups", details: {} },
} as const;

async function setLimit(folder: string, settings: readonly Setting[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { file, value, isOptional } of settings) {
    const written = writeFile(join(folder, file), value);
    // Without swap accounting there is no such file, and the memory limit alone holds.
    await (isOptional === true ? written.catch(() => undefined) : written);
  }
}

interface Parent {
  readonly folder: string;
  readonly version: 1 | 2;
}

/** For each controller, the group below which groups of runs can be made. */
async function findParents(): Promise<ReadonlyMap<string, Parent>> {
  const parents = new Map<string, Parent>();
  const own = parseOwnGroups(await readOrEmpty("/proc/self/cgroup"));
  for (const mount of parseGroupMounts(await readOrEmpty("/proc/self/mountinfo"))) {
    const found =
      mount.version === 1 ? firstVersionParents(mount, own) : await secondVersionParents(mount, own);
    for (const [controller, folder] of found) {
      if (!parents.has(controller)) parents.set(controller, { folder, version: mount.version });
    }
  }
  return parents;
}

type OwnGroups = ReadonlyMap<string, string>;

function firstVersionParents(mount: GroupMount, own: OwnGroups): readonly (readonly [string, string])[] {
  return mount.controllers.flatMap((controller) => {
    const group = own.get(controller);
    return group === undefined ? [] : [[controller, inside(mount, group)] as const];
  });
}

/** Our own group where it may have limited children (the root), otherwise the one around it. */
async function secondVersionParents(
  mount: GroupMount,
  own: OwnGroups,
): Promise<readonly (readonly [string, string])[]> {
  const folder = inside(mount, own.get("") ?? "/");
  const found: (readonly [string, string])[] = [];
  for (const candidate of [folder, dirname(folder)]) {
    const controllers = words(await readOrEmpty(join(candidate, "cgroup.subtree_control")));
    found.push(...controllers.map((controller) => [controller, candidate] as const));
  }
  return found;
}

interface GroupMount {
  readonly version: 1 | 2;
  /** The part of the hierarchy that is mounted. */
  readonly root: string;
  readonly folder: string;
  readonly controllers: readonly string[];
}

/** Version 1 mounts first, because a controller that has its own hierarchy is not in version 2. */
function parseGroupMounts(text: string): readonly GroupMount[] {
  const mounts = text.split("\n").flatMap((line): GroupMount[] => {
    const [head = "", tail = ""] = line.split(" - ");
    const [, , , root = "/", folder = ""] = head.split(" ");
    const [type = "", , options = ""] = tail.split(" ");
    if (type === "cgroup") return [{ version: 1, root, folder, controllers: options.split(",") }];
    return type === "cgroup2" ? [{ version: 2, root, folder, controllers: [] }] : [];
  });
  return mounts.sort((a, b) => a.version - b.version);
}

/** Controller → path of our own group; the version 2 group stands under the empty name. */
function parseOwnGroups(text: string): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, controllers, ...path] = line.split(":");
    if (controllers === undefined) continue;
    for (const controller of controllers.split(",")) groups.set(controller, path.join(":"));
  }
  return groups;
}

function inside(mount: GroupMount, group: string): string {
  const isBelowRoot = mount.root !== "/" && group.startsWith(mount.root);
  return join(mount.folder, isBelowRoot ? group.slice(mount.root.length) : group);
}

/**
 * The command that enters the groups and then becomes the program. Everything variable is an argument of its
 * own; the script is always the same text.
 */
export function enterGroups(folders: readonly string[], command: readonly string[]): readonly string[] {
  if (folders.length === 0) return command;
  const files = folders.map((folder) => join(folder, "cgroup.procs"));
  return ["/bin/sh", "-c", ENTER_SCRIPT, "pilothouse-enter", String(files.length), ...files, ...command];
}

/** Exit code 125: a limit that was promised could not be put in force, so the program must not begin. */
const ENTER_SCRIPT =
  'left=$1; shift; while [ "$left" -gt 0 ]; do echo "$$" > "$1" || exit 125; shift; left=$((left - 1)); done; ' +
  'unset left; exec "$@"';

function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = bytes;
  let unit = 0;
  while (unit < units.length - 1 && value >= 1024 && value % 1 === 0 && (value / 1024) % 1 === 0) {
    value /= 1024;
    unit += 1;
  }
  return `${value}${units[unit] ?? "B"}`;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

async function readOrEmpty(file: string): Promise<string> {
  // Absent where the system has no control groups of this version.
  return readFile(file, "utf8").catch(() => "");
}
