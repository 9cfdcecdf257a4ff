import { expect, test } from "vitest";
import type { Manifest } from "#contract/manifest.ts";
import { checkManifest } from "./manifest-checks.ts";

/** Faults as \`key | problem | expected\`. */
function faultsOf(manifest: Partial<Manifest>): readonly string[] {
  return checkManifest(manifest).map(
    ({ path, problem, expected }) => `${path.join(".")} | ${problem} | ${expected}`,
  );
}

test("a manifest of which nothing is valid has no faults between keys", () => {
  expect(faultsOf({})).toEqual([]);
});

test("durations have a shortest and a longest", () => {
  expect([
    ...faultsOf({ limits: { timeout: "366d" }, health: { log: "x", every: "50ms" }, stop: { grace: "0s" } }),
    ...faultsOf({
      limits: { timeout: "1ms" },
      health: { log: "x", every: "100ms" },
      stop: { grace: "365d" },
    }),
    ...faultsOf({ stop: { grace: "999999999999999d" } }),
  ]).toEqual([
    "limits.timeout | limits.timeout is 366d | a duration from 1ms to 365d",
    "health.every | health.every is 50ms | a duration from 100ms to 365d",
    "stop.grace | stop.grace is 999999999999999d | a duration from 0ms to 365d",
  ]);
});

test("a back-off grows, and neither wait is beyond a year", () => {
  const faults = ["1s..1s", "1s..1m", "1m..1s", "1s..366d", "1s..999999999999999d"].map((backoff) =>
    faultsOf({ restart: { when: "always", backoff } }),
  );

  expect(faults).toEqual([
    [],
    [],
    ["restart.backoff | the shortest wait is longer than the longest one | 1s..1m"],
    ["restart.backoff | restart.backoff is 1s..366d | two durations of at most 365d, such as 5s..1m"],
    [
      "restart.backoff | restart.backoff is 1s..999999999999999d | two durations of at most 365d, such as 5s..1m",
    ],
  ]);
});

test("amounts that no program can run with are refused", () => {
  expect([
    ...faultsOf({ limits: { memory: "1MiB", cpus: 1024 } }),
    ...faultsOf({ limits: { memory: "512KiB", cpus: 1025 } }),
    ...faultsOf({ limits: { memory: "99999999999GiB" } }),
  ]).toEqual([
    "limits.memory | limits.memory is 512KiB | at least 1MiB",
    "limits.cpus | limits.cpus is 1025 | at most 1024",
    "limits.memory | limits.memory is 99999999999GiB | at least 1MiB",
  ]);
});

test("a health address is one of a web server, and its only part to fill in is the port", () => {
  const addresses = {
    "http://127.0.0.1:{port}/healthz": true,
    "https://[::1]:{port}?a=b": true,
    "http://localhost": true,
    "http://127.0.0.1:{ports}/": false,
    "http://127.0.0.1:{port": false,
    "ftp://127.0.0.1/": false,
    "127.0.0.1:{port}": false,
    "http://a b/": false,
  };

  const told = Object.keys(addresses).map((http) => [http, faultsOf({ health: { http } }).length === 0]);

  expect(Object.fromEntries(told)).toEqual(addresses);
});

test("paths of the runtimes stay inside the folder", () => {
  const paths = {
    "requirements.txt": true,
    "./a/../requirements.txt": true,
    ".": true,
    "a/../../b": false,
    "..": false,
    "/etc/passwd": false,
    "~/a": false,
    "C:\\a": false,
    "a\\..\\..\\b": false,
  };

  const told = Object.keys(paths).map((build) => [
    build,
    faultsOf({ runtimes: { container: { build } } }).length === 0,
  ]);

  expect(Object.fromEntries(told)).toEqual(paths);
});

test("every variable has one source, and Pilothouse's own names are not for taking", () => {
  expect(
    faultsOf({
      env: { A: "1", pilothouse_input: "x" },
      variables: ["B", "A"],
      credentials: [
        { name: "login", env: { user: "USER_NAME", password: "B" } },
        { name: "key", file: { field: "json", env: "USER_NAME" } },
      ],
    }),
  ).toEqual([
    "env.pilothouse_input | pilothouse_input is set by Pilothouse itself | a name without PILOTHOUSE_",
    "variables.1 | A is already set by env | another name",
    "credentials.0.env.password | B is already set by variables | another name",
    "credentials.1.file.env | USER_NAME is already set by credentials.0 | another name",
  ]);
});
