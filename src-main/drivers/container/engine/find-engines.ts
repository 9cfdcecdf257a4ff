import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { EngineSource } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import { type EngineAddress, parseEngineAddress, type TlsFiles } from "./engine-address.ts";

/** An engine that something on this computer points to; whether it answers is another question. */
export interface FoundEngine {
  /** What its id is made from: the name of its context or connection, or `docker`, `podman`. */
  readonly name: string;
  readonly addressText: string;
  readonly address: EngineAddress;
  readonly source: EngineSource;
}

export interface EngineSearchDeps {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly platform: NodeJS.Platform;
  /** Called for a context or connection that cannot be read; the others are found all the same. */
  readonly onTrouble: (problem: string) => void;
  /** For tests: places of sockets to look at instead of the well-known ones. */
  readonly socketPlaces?: readonly { readonly name: string; readonly path: string }[];
}

const DESTINATION = /^engine\.service_destinations\."?([^"]+?)"?$/;
const contextSchema = z.object({
  Name: z.string(),
  Endpoints: z.object({
    docker: z.object({ Host: z.string().default("") }).optional(),
  }),
});
const connectionsSchema = z.object({
  Connection: z
    .object({ Connections: z.record(z.string(), z.object({ URI: z.string() })).nullish() })
    .nullish(),
});

/**
 * Engines in the order of how sure the user meant them: `DOCKER_HOST`, `CONTAINER_HOST`, Docker contexts, Podman
 * connections, then sockets at well-known places. An address is listed once, under the first name.
 */
export async function findEngines(deps: EngineSearchDeps): Promise<readonly FoundEngine[]> {
  const found = [
    ...(await fromEnvironment(deps)),
    ...(await fromSockets(deps)),
    ...(await fromContexts(deps)),
    ...(await fromConnections(deps)),
  ];
  const byAddress = new Map<string, FoundEngine>();
  for (const engine of found) {
    const key = JSON.stringify({ ...engine.address, tls: null });
    if (!byAddress.has(key)) byAddress.set(key, engine);
  }
  return [...byAddress.values()];
}

async function fromEnvironment(deps: EngineSearchDeps): Promise<readonly FoundEngine[]> {
  const { environment } = deps;
  const docker = environment["DOCKER_HOST"] ?? "";
  const podman = environment["CONTAINER_HOST"] ?? "";
  const wantsTls = (environment["DOCKER_TLS_VERIFY"] ?? "") !== "";
  const tlsFolder = environment["DOCKER_CERT_PATH"] ?? join(deps.homeFolder, ".docker");
  // Who asks for TLS gets no connection without, also when there is no certificate to show.
  const tls = wantsTls ? ((await readTls(tlsFolder)) ?? {}) : null;
  return [
    ...(docker === "" ? [] : toFound({ name: "docker", text: docker, source: "environment", tls }, deps)),
    ...(podman === ""
      ? []
      : toFound({ name: "podman", text: podman, source: "environment", tls: null }, deps)),
  ];
}

async function fromSockets(deps: EngineSearchDeps): Promise<readonly FoundEngine[]> {
  const found: FoundEngine[] = [];
  for (const { name, path } of deps.socketPlaces ?? wellKnownSockets(deps)) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    const text = deps.platform === "win32" ? `npipe://${path.replaceAll("\\", "/")}` : `unix://${path}`;
    if (isThere) found.push(...toFound({ name, text, source: "socket", tls: null }, deps));
  }
  return found;
}

function wellKnownSockets({ environment, homeFolder, platform }: EngineSearchDeps) {
  if (platform === "win32") {
    return [
      { name: "docker", path: "\\\\.\\pipe\\docker_engine" },
      { name: "docker-desktop", path: "\\\\.\\pipe\\dockerDesktopLinuxEngine" },
      { name: "podman", path: "\\\\.\\pipe\\podman-machine-default" },
    ];
  }
  const runtime = environment["XDG_RUNTIME_DIR"] ?? "";
  return [
    { name: "docker", path: "/var/run/docker.sock" },
    ...(runtime === "" ? [] : [{ name: "docker-rootless", path: join(runtime, "docker.sock") }]),
    { name: "docker-desktop", path: join(homeFolder, ".docker/run/docker.sock") },
    { name: "docker-desktop", path: join(homeFolder, ".docker/desktop/docker.sock") },
    ...(runtime === "" ? [] : [{ name: "podman", path: join(runtime, "podman/podman.sock") }]),
    { name: runtime === "" ? "podman" : "podman-root", path: "/run/podman/podman.sock" },
  ];
}

async function fromContexts(deps: EngineSearchDeps): Promise<readonly FoundEngine[]> {
  const folder = deps.environment["DOCKER_CONFIG"] ?? join(deps.homeFolder, ".docker");
  const metas = join(folder, "contexts", "meta");
  const found: FoundEngine[] = [];
  for (const id of await namesIn(metas)) {
    const context = await readShape(join(metas, id, "meta.json"), contextSchema, deps);
    const endpoint = context?.Endpoints.docker;
    if (context === null || endpoint === undefined || endpoint.Host === "") continue;
    const tls = await readTls(join(folder, "contexts", "tls", id, "docker"));
    const name = `docker-${context.Name}`;
    found.push(...toFound({ name, text: endpoint.Host, source: "docker-context", tls }, deps));
  }
  return found;
}

async function fromConnections(deps: EngineSearchDeps): Promise<readonly FoundEngine[]> {
  const config = join(deps.environment["XDG_CONFIG_HOME"] ?? join(deps.homeFolder, ".config"), "containers");
  const content = await readShape(join(config, "podman-connections.json"), connectionsSchema, deps);
  const newer = Object.entries(content?.Connection?.Connections ?? {}).map(
    ([name, { URI }]) => [name, URI] as const,
  );
  const older = readDestinations(
    await readOrNull(deps.environment["CONTAINERS_CONF"] ?? join(config, "containers.conf")),
  );
  return [...newer, ...older].flatMap(([name, text]) =>
    toFound({ name: `podman-${name}`, text, source: "podman-connection", tls: null }, deps),
  );
}

/** Name and address of every `[engine.service_destinations.NAME]` with a `uri`, as Podman itself writes them. */
function readDestinations(toml: string | null): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  let name: string | null = null;
  for (const line of (toml ?? "").split("\n")) {
    const section = /^\s*\[(.*)\]\s*$/.exec(line)?.[1];
    if (section !== undefined) name = DESTINATION.exec(section)?.[1] ?? null;
    const uri = /^\s*uri\s*=\s*"([^"]*)"/.exec(line)?.[1];
    if (name !== null && uri !== undefined) found.push([name, uri]);
  }
  return found;
}

function toFound(
  from: { name: string; text: string; source: EngineSource; tls: TlsFiles | null },
  { onTrouble }: EngineSearchDeps,
): readonly FoundEngine[] {
  const { name, text, source, tls } = from;
  try {
    return [{ name, addressText: text, address: parseEngineAddress(text, tls), source }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    onTrouble(`${source} ${name}: ${error.message}`);
    return [];
  }
}

async function readShape<T>(
  file: string,
  schema: z.ZodType<T>,
  { onTrouble }: EngineSearchDeps,
): Promise<T | null> {
  const text = await readOrNull(file);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    onTrouble(`${file} was not understood: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** Null when there is no file of a client certificate; then the connection is a plain one. */
async function readTls(folder: string): Promise<TlsFiles | null> {
  const [ca, cert, key] = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((name) => readOrNull(join(folder, name))),
  );
  if (!ca && !cert && !key) return null;
  return { folder, ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  // Most users never made a context, so the folder is not there.
  return (await readdir(folder).catch(() => [])).sort();
}

async function readOrNull(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch(() => null);
}
