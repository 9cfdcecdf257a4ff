import type Dockerode from "dockerode";
import { z } from "zod";
import { timeOrNull } from "../engine/container-facts.ts";
import type { EngineApi } from "../engine/engine-api.ts";
import { readJsonLines } from "../engine/json-lines.ts";

/** What an engine says that happened to a container. */
interface ContainerEvent {
  readonly action: string;
  /** By the engine's clock. */
  readonly atMs: number;
  /** What its program ended with; null in events that do not say so. */
  readonly exitCode: number | null;
}

const codeSchema = z.coerce.number().int().optional();
const eventSchema = z.object({
  Action: z.string(),
  Actor: z.object({ Attributes: z.object({ exitCode: codeSchema, containerExitCode: codeSchema }) }),
  timeNano: z.number(),
});
/** Docker says `die`, Podman `die` or `died`. */
const DIED: ReadonlySet<string> = new Set(["die", "died"]);
/** An event can be written a moment after what it tells of. */
const LATE_MS = 5_000;

/**
 * The events of a container, oldest first. The engine waits until `toMs` for further ones, unless its reader leaves.
 *
 * @throws AppError
 */
export async function* eventsOf(
  api: EngineApi,
  containerId: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): AsyncGenerator<ContainerEvent, void, undefined> {
  const window = { since: Math.floor(fromMs / 1000), until: Math.floor(toMs / 1000) + 1 };
  const events = await api.call((docker) =>
    docker.getEvents({ ...window, filters: { container: [containerId] } }),
  );
  for await (const event of readJsonLines(events)) yield toEvent(event);
}

/**
 * The exit code of a container that has ended and does not say it any more; see QUIRKS.md. Null when the engine
 * keeps no events, or not that long.
 *
 * @throws AppError
 */
export async function findPastExitCode(
  api: EngineApi,
  { Id: id, State: state }: Pick<Dockerode.ContainerInspectInfo, "Id" | "State">,
): Promise<number | null> {
  const startedAtMs = timeOrNull(state.StartedAt);
  const endedAtMs = timeOrNull(state.FinishedAt);
  if (startedAtMs === null || endedAtMs === null) return null;
  for await (const event of eventsOf(api, id, { fromMs: startedAtMs, toMs: endedAtMs + LATE_MS })) {
    // One from before is of an earlier start, and a later one is of what was prepared anew.
    if (DIED.has(event.action) && event.atMs >= startedAtMs) return event.exitCode;
  }
  return null;
}

function toEvent(event: unknown): ContainerEvent {
  const { success, data } = eventSchema.safeParse(event);
  if (!success) return { action: "", atMs: 0, exitCode: null };
  const { containerExitCode, exitCode } = data.Actor.Attributes;
  return { action: data.Action, atMs: data.timeNano / 1e6, exitCode: exitCode ?? containerExitCode ?? null };
}
