import { z } from "zod";
import {
  type ActOnGroup,
  actOnGroupSchema,
  type BuildImage,
  buildImageSchema,
  type ComposeGroup,
  type ContainerAction,
  type ContainerDetails,
  type ContainerList,
  type ContainerLoad,
  type ContainerLogPiece,
  type ContainerPlace,
  type ContainerPlan,
  containerActionSchema,
  containerPlaceSchema,
  type Engine,
  type EngineId,
  type EngineProgress,
  engineIdSchema,
  engineObjectSchema,
  type FollowContainerLog,
  followContainerLogSchema,
  type Image,
  type Network,
  type OpenShell,
  openShellSchema,
  type Prune,
  type PruneList,
  pruneSchema,
  type RemoveContainer,
  removeContainerSchema,
  type ShellId,
  type ShellPiece,
  shellIdSchema,
  type Volume,
} from "#contract/engine.ts";
import { type AgentName, agentNameSchema } from "#contract/ids.ts";
import { procedure, router } from "./base.ts";
import { paced } from "./paced.ts";

/**
 * What the engines router asks of the core.
 *
 * Every call on an engine throws `engine.not_found`, `engine.not_answering` (its deadline is over; nothing else
 * waits for it), `engine.no_such_object` or `engine.refused` with the engine's own words.
 */
export interface EnginesFace {
  list(): readonly Engine[];
  /** Asks the engine now, also one that does not answer. */
  look(engine: EngineId): Promise<Engine>;
  /** Looks for engines again; those that are new appear as targets too. */
  discover(): Promise<readonly Engine[]>;
  readonly containers: ContainersFace;
  readonly shells: ShellsFace;
  readonly images: ImagesFace;
  readonly groups: GroupsFace;
}

export interface ContainersFace {
  /** The last picture, at once; `atMs` says how old it is. */
  list(engine: EngineId): ContainerList;
  inspect(place: ContainerPlace): Promise<ContainerDetails>;
  act(place: ContainerPlace, action: ContainerAction): Promise<void>;
  rename(place: ContainerPlace, name: string): Promise<void>;
  remove(request: RemoveContainer): Promise<void>;
  logs(request: FollowContainerLog, signal: AbortSignal): AsyncIterable<ContainerLogPiece>;
  /** One sample per container and about 2 s; all running containers of the engine when none is named. */
  load(engine: EngineId, containers: readonly string[], signal: AbortSignal): AsyncIterable<ContainerLoad>;
  /** A tar archive of a file or folder, base64 in pieces. */
  download(place: ContainerPlace, path: string, signal: AbortSignal): AsyncIterable<string>;
}

/** Programs run inside containers. Ids are secrets of the caller: whoever has one can type. */
export interface ShellsFace {
  open(request: OpenShell): Promise<ShellId>;
  /** What it says from its beginning; one reader. Leaving the stream closes the shell. */
  output(shell: ShellId, signal: AbortSignal): AsyncIterable<ShellPiece>;
  write(shell: ShellId, bytes: Uint8Array): Promise<void>;
  /** Says that nothing more will be typed. */
  endInput(shell: ShellId): Promise<void>;
  resize(shell: ShellId, size: { readonly columns: number; readonly rows: number }): Promise<void>;
  close(shell: ShellId): Promise<void>;
}

export interface ImagesFace {
  list(engine: EngineId): Promise<readonly Image[]>;
  volumes(engine: EngineId): Promise<readonly Volume[]>;
  networks(engine: EngineId): Promise<readonly Network[]>;
  /** Ends after the last step, or throws what went wrong. */
  pull(engine: EngineId, image: string, signal: AbortSignal): AsyncIterable<EngineProgress>;
  build(request: BuildImage, signal: AbortSignal): AsyncIterable<EngineProgress>;
  remove(engine: EngineId, image: string, isForced: boolean): Promise<void>;
  prunePreview(request: Prune): Promise<PruneList>;
  prune(request: Prune): Promise<PruneList>;
  /** How the agent would run on this engine; nothing is built. */
  plan(engine: EngineId, agent: AgentName): Promise<ContainerPlan>;
}

export interface GroupsFace {
  list(engine: EngineId): Promise<readonly ComposeGroup[]>;
  /** Runs the installed compose tool; its output in pieces, then the end. */
  act(request: ActOnGroup, signal: AbortSignal): AsyncIterable<EngineProgress>;
}

const never = () => new AbortController().signal;

export function createEnginesRouter(engines: EnginesFace) {
  const byEngine = z.object({ engine: engineIdSchema });
  return router({
    list: procedure.query(() => engines.list()),
    look: procedure.input(byEngine).mutation(({ input }) => engines.look(input.engine)),
    discover: procedure.mutation(() => engines.discover()),
    containers: createContainersRouter(engines.containers),
    shells: createShellsRouter(engines.shells),
    images: createImagesRouter(engines.images),
    groups: router({
      list: procedure.input(byEngine).query(({ input }) => engines.groups.list(input.engine)),
      act: procedure.input(actOnGroupSchema).subscription(async function* ({ input, ctx, signal }) {
        const ended = signal ?? never();
        yield* paced(engines.groups.act(input, ended), ctx.sink, ended);
      }),
    }),
  });
}

function createContainersRouter(containers: ContainersFace) {
  return router({
    list: procedure
      .input(z.object({ engine: engineIdSchema }))
      .query(({ input }) => containers.list(input.engine)),
    inspect: procedure.input(containerPlaceSchema).query(({ input }) => containers.inspect(input)),
    act: procedure
      .input(containerPlaceSchema.extend({ action: containerActionSchema }))
      .mutation(({ input }) => containers.act(input, input.action)),
    rename: procedure
      .input(containerPlaceSchema.extend({ name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/) }))
      .mutation(({ input }) => containers.rename(input, input.name)),
    remove: procedure.input(removeContainerSchema).mutation(({ input }) => containers.remove(input)),
    logs: procedure.input(followContainerLogSchema).subscription(async function* ({ input, ctx, signal }) {
      const ended = signal ?? never();
      yield* paced(containers.logs(input, ended), ctx.sink, ended);
    }),
    load: procedure
      .input(
        z.object({ engine: engineIdSchema, containers: z.array(engineObjectSchema).max(1000).default([]) }),
      )
      .subscription(async function* ({ input, ctx, signal }) {
        const ended = signal ?? never();
        yield* paced(containers.load(input.engine, input.containers, ended), ctx.sink, ended);
      }),
    download: procedure
      .input(containerPlaceSchema.extend({ path: z.string().min(1).max(4096) }))
      .subscription(async function* ({ input, ctx, signal }) {
        const ended = signal ?? never();
        yield* paced(containers.download(input, input.path, ended), ctx.sink, ended);
      }),
  });
}

function createShellsRouter(shells: ShellsFace) {
  const byShell = z.object({ shell: shellIdSchema });
  return router({
    open: procedure.input(openShellSchema).mutation(({ input }) => shells.open(input)),
    output: procedure.input(byShell).subscription(async function* ({ input, ctx, signal }) {
      const ended = signal ?? never();
      yield* paced(shells.output(input.shell, ended), ctx.sink, ended);
    }),
    write: procedure
      .input(byShell.extend({ base64: z.base64().max(1_000_000) }))
      .mutation(({ input }) => shells.write(input.shell, Buffer.from(input.base64, "base64"))),
    endInput: procedure.input(byShell).mutation(({ input }) => shells.endInput(input.shell)),
    resize: procedure
      .input(
        byShell.extend({
          columns: z.number().int().min(1).max(1000),
          rows: z.number().int().min(1).max(1000),
        }),
      )
      .mutation(({ input }) => shells.resize(input.shell, input)),
    close: procedure.input(byShell).mutation(({ input }) => shells.close(input.shell)),
  });
}

function createImagesRouter(images: ImagesFace) {
  const byEngine = z.object({ engine: engineIdSchema });
  const byImage = byEngine.extend({ image: engineObjectSchema });
  return router({
    list: procedure.input(byEngine).query(({ input }) => images.list(input.engine)),
    volumes: procedure.input(byEngine).query(({ input }) => images.volumes(input.engine)),
    networks: procedure.input(byEngine).query(({ input }) => images.networks(input.engine)),
    pull: procedure.input(byImage).subscription(async function* ({ input, ctx, signal }) {
      const ended = signal ?? never();
      yield* paced(images.pull(input.engine, input.image, ended), ctx.sink, ended);
    }),
    build: procedure.input(buildImageSchema).subscription(async function* ({ input, ctx, signal }) {
      const ended = signal ?? never();
      yield* paced(images.build(input, ended), ctx.sink, ended);
    }),
    remove: procedure
      .input(byImage.extend({ isForced: z.boolean().default(false) }))
      .mutation(({ input }) => images.remove(input.engine, input.image, input.isForced)),
    prunePreview: procedure.input(pruneSchema).query(({ input }) => images.prunePreview(input)),
    prune: procedure.input(pruneSchema).mutation(({ input }) => images.prune(input)),
    plan: procedure
      .input(byEngine.extend({ agent: agentNameSchema }))
      .query(({ input }) => images.plan(input.engine, input.agent)),
  });
}
