import type { Manifest } from "#contract/manifest.ts";
import type { PhraseDetails, WantKind } from "#contract/phrase.ts";
import { LONGEST_DURATION_MS, parseBackoff, parseDuration, parseSize } from "#core/units.ts";
import { faultPhrase, type KeyPath, type ManifestFault } from "./manifest-fault.ts";

const LEAST_MEMORY_BYTES = 1024 ** 2;
const MOST_CPUS = 1024;

/** Faults that only show when keys are read together. Takes the keys that are valid by themselves. */
export function checkManifest(manifest: Partial<Manifest>): readonly ManifestFault[] {
  return [
    ...checkDurations(manifest),
    ...checkBackoff(manifest),
    ...checkAmounts(manifest),
    ...checkHealth(manifest),
    ...checkPaths(manifest),
    ...checkVariables(manifest),
  ];
}

function checkDurations(manifest: Partial<Manifest>): readonly ManifestFault[] {
  const durations: readonly [KeyPath, string | undefined, number][] = [
    [["limits", "timeout"], manifest.limits?.timeout, 1],
    [["health", "every"], manifest.health?.every, 100],
    [["stop", "grace"], manifest.stop?.grace, 0],
  ];
  return durations.flatMap(([path, text, leastMs]) => {
    if (text === undefined) return [];
    const durationMs = parseDuration(text);
    if (durationMs !== null && durationMs >= leastMs && durationMs <= LONGEST_DURATION_MS) return [];
    const fault = outOfRange(path, text, { kind: "duration-range", wanted: `${leastMs}ms` });
    return [
      wrong(path, `${path.join(".")} is ${text}`, {
        expected: `a duration from ${leastMs}ms to 365d`,
        fault,
      }),
    ];
  });
}

function checkBackoff(manifest: Partial<Manifest>): readonly ManifestFault[] {
  const text = manifest.restart?.backoff;
  if (text === undefined) return [];
  const path = ["restart", "backoff"];
  const range = parseBackoff(text);
  if (range === null || range.maxMs > LONGEST_DURATION_MS) {
    const expected = "two durations of at most 365d, such as 5s..1m";
    const fault = outOfRange(path, text, { kind: "duration-pair", wanted: "" });
    return [wrong(path, `restart.backoff is ${text}`, { expected, fault })];
  }
  if (range.minMs <= range.maxMs) return [];
  const [shortest, longest] = text.split("..");
  const expected = `${longest}..${shortest}`;
  const fault = faultPhrase("backoff-turned", { want: "literal", wanted: expected });
  return [wrong(path, "the shortest wait is longer than the longest one", { expected, fault })];
}

function checkAmounts({ limits }: Partial<Manifest>): readonly ManifestFault[] {
  const faults: ManifestFault[] = [];
  if (limits?.memory !== undefined) {
    const bytes = parseSize(limits.memory);
    if (bytes === null || bytes < LEAST_MEMORY_BYTES) {
      const path = ["limits", "memory"];
      const fault = outOfRange(path, limits.memory, { kind: "at-least", wanted: "1MiB" });
      faults.push(wrong(path, `limits.memory is ${limits.memory}`, { expected: "at least 1MiB", fault }));
    }
  }
  if (limits?.cpus !== undefined && limits.cpus > MOST_CPUS) {
    const path = ["limits", "cpus"];
    const fault = outOfRange(path, String(limits.cpus), { kind: "at-most", wanted: String(MOST_CPUS) });
    faults.push(wrong(path, `limits.cpus is ${limits.cpus}`, { expected: `at most ${MOST_CPUS}`, fault }));
  }
  return faults;
}

function checkHealth({ health }: Partial<Manifest>): readonly ManifestFault[] {
  const address = health?.http;
  if (address === undefined) return [];
  const path = ["health", "http"];
  const example = "http://127.0.0.1:{port}/healthz";
  const unknown = /\{(?!port\})[^}]*\}?/.exec(address);
  const want = { want: "literal", wanted: example };
  if (unknown !== null) {
    const fault = faultPhrase("address-part", { part: unknown[0], ...want });
    return [wrong(path, `health.http has the unknown part ${unknown[0]}`, { expected: example, fault })];
  }
  const filled = address.replaceAll("{port}", "80");
  const isAddress = /^https?:\/\/(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?([/?][^\s#]*)?$/.test(filled);
  if (isAddress) return [];
  const fault = faultPhrase("no-address", want);
  return [wrong(path, "health.http is no address of a web server", { expected: example, fault })];
}

function checkPaths({ runtimes }: Partial<Manifest>): readonly ManifestFault[] {
  const paths: readonly [KeyPath, string | undefined][] = [
    [["runtimes", "process", "python", "requirements"], runtimes?.process?.python?.requirements],
    [["runtimes", "process", "node", "lockfile"], runtimes?.process?.node?.lockfile],
    [["runtimes", "container", "build"], runtimes?.container?.build],
  ];
  return paths.flatMap(([path, file]) => {
    if (file === undefined || isInsideFolder(file)) return [];
    return [
      wrong(path, `${path.join(".")} leads out of the agent's folder`, {
        expected: "a path relative to the folder",
        fault: faultPhrase("outside-folder", { name: path.join(".") }),
      }),
    ];
  });
}

function isInsideFolder(path: string): boolean {
  if (/^([/\\~]|[A-Za-z]:)/.test(path)) return false;
  let depth = 0;
  for (const part of path.split(/[/\\]/)) {
    if (part === "..") depth -= 1;
    else if (part !== "." && part !== "") depth += 1;
    if (depth < 0) return false;
  }
  return true;
}

interface VariableUse {
  readonly name: string;
  readonly path: KeyPath;
  readonly part: "key" | "value";
}

/** Each variable has one source, and none takes a name that Pilothouse itself sets. */
function checkVariables(manifest: Partial<Manifest>): readonly ManifestFault[] {
  const faults: ManifestFault[] = [];
  const sources = new Map<string, string>();
  for (const { name, path, part } of variableUses(manifest)) {
    const source = path[0] === "credentials" ? `credentials.${path[1]}` : String(path[0]);
    const earlier = sources.get(name);
    if (/^PILOTHOUSE_/i.test(name)) {
      faults.push({
        path,
        part,
        problem: `${name} is set by Pilothouse itself`,
        expected: "a name without PILOTHOUSE_",
        ...faultPhrase("own-variable", { name }),
      });
    } else if (earlier !== undefined) {
      faults.push({
        path,
        part,
        problem: `${name} is already set by ${earlier}`,
        expected: "another name",
        ...faultPhrase("variable-twice", { name, source: earlier }),
      });
    }
    sources.set(name, earlier ?? source);
  }
  return faults;
}

function variableUses({ env, variables, credentials }: Partial<Manifest>): readonly VariableUse[] {
  const uses: VariableUse[] = [];
  for (const name of Object.keys(env ?? {})) uses.push({ name, path: ["env", name], part: "key" });
  for (const [index, name] of (variables ?? []).entries()) {
    uses.push({ name, path: ["variables", index], part: "value" });
  }
  for (const [index, credential] of (credentials ?? []).entries()) {
    for (const [field, name] of Object.entries(credential.env ?? {})) {
      uses.push({ name, path: ["credentials", index, "env", field], part: "value" });
    }
    for (const way of ["file", "fd"] as const) {
      const given = credential[way];
      if (given === undefined) continue;
      uses.push({ name: given.env, path: ["credentials", index, way, "env"], part: "value" });
    }
  }
  return uses;
}

type FaultPart = Pick<ManifestFault, "fault">;

function wrong(
  path: KeyPath,
  problem: string,
  { expected, fault }: { readonly expected: string; readonly fault: FaultPart },
): ManifestFault {
  return { path, part: "value", problem, expected, ...fault };
}

function outOfRange(
  path: KeyPath,
  value: string,
  { kind, wanted }: { readonly kind: WantKind; readonly wanted: string },
): FaultPart {
  const details: PhraseDetails = { name: path.join("."), value, want: kind, wanted };
  return faultPhrase("out-of-range", details);
}
