import { delimiter } from "node:path";
import { inheritEnvironment } from "#core/inherited-environment.ts";
import type { RunSpec } from "../driver.ts";
import type { PreparedPackages } from "./packages.ts";
import type { RunFolder } from "./run-folder.ts";

export interface EnvironmentSources {
  readonly host: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly packages: PreparedPackages;
  readonly folder: RunFolder;
}

/**
 * The whole environment of a run; the later one wins: what is inherited (`core/inherited-environment.ts`),
 * `PYTHONUNBUFFERED` (without it Python holds its output back for minutes when it is no terminal), the run's
 * own packages, the manifest, and the variables of Pilothouse, which no manifest can change.
 */
export function createRunEnvironment(
  spec: RunSpec,
  sources: EnvironmentSources,
): Readonly<Record<string, string>> {
  const { folder, packages } = sources;
  const env: Record<string, string> = {
    ...inheritEnvironment(sources.host, sources.platform),
    PYTHONUNBUFFERED: "1",
    ...packages.env,
    ...spec.env,
    PILOTHOUSE_RUN_ID: spec.runId,
    PILOTHOUSE_AGENT: spec.agent,
    PILOTHOUSE_RELEASE: spec.release,
    PILOTHOUSE_INPUT: spec.inputJson,
    PILOTHOUSE_WORKDIR: folder.work,
    PILOTHOUSE_SCREENSHOTS: folder.screenshots,
    PILOTHOUSE_STOP_FILE: folder.stopFile,
  };
  if (spec.port !== null) env["PILOTHOUSE_PORT"] = String(spec.port);
  const ownFolders = packages.folders(folder.work);
  if (ownFolders.length > 0) {
    const name = pathName(env);
    env[name] = [...ownFolders, env[name] ?? ""].filter((part) => part !== "").join(delimiter);
  }
  return env;
}

/** The search path of an environment; its name is `Path` on most Windows systems. */
export function searchPathOf(env: Readonly<Record<string, string | undefined>>): string {
  return env[pathName(env)] ?? "";
}

function pathName(env: Readonly<Record<string, string | undefined>>): string {
  return Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
}
