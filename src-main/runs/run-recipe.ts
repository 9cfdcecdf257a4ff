import type { Manifest } from "#contract/manifest.ts";
import type { DriverCapabilities } from "#contract/target.ts";
import type { ContainerNeeds, RunSpec, RuntimeNeeds } from "#main/drivers/index.ts";

/** What of a manifest says how the agent runs where it is sent. */
export type RunRecipe = Pick<RunSpec, "command" | "needs" | "container">;

/** The runtime of the target when the manifest has it, and the one for processes otherwise. */
export function recipeOf({ runtimes }: Manifest, runtime: DriverCapabilities["runtime"]): RunRecipe {
  const own = runtime === "container" ? runtimes.container : undefined;
  if (own === undefined)
    return { command: runtimes.process?.command ?? [], needs: needsOf(runtimes.process) };
  const { build, command = [], gpus, image, network, user, volumes = [] } = own;
  const container: ContainerNeeds = {
    volumes,
    ...(image === undefined ? {} : { image }),
    ...(build === undefined ? {} : { build }),
    ...(network === undefined ? {} : { network }),
    ...(user === undefined ? {} : { user }),
    ...(gpus === undefined ? {} : { gpus }),
  };
  return { command, needs: {}, container };
}

type ProcessRuntime = NonNullable<Manifest["runtimes"]["process"]>;

function needsOf(runtime: ProcessRuntime | undefined): RuntimeNeeds {
  const python = runtime?.python;
  const node = runtime?.node;
  return {
    ...(python === undefined
      ? {}
      : {
          python: {
            ...(python.version === undefined ? {} : { version: python.version }),
            ...(python.requirements === undefined ? {} : { requirementsFile: python.requirements }),
          },
        }),
    ...(node === undefined ? {} : { node: { lockFile: node.lockfile } }),
  };
}
