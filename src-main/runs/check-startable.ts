import type { Agent } from "#contract/agent.ts";
import { AppError } from "#contract/errors.ts";
import type { TargetId } from "#contract/ids.ts";
import { invalidManifest } from "#core/manifest/invalid-manifest.ts";
import type { Driver } from "#main/drivers/index.ts";

/**
 * Refuses a start that cannot come to anything, before it is stored.
 *
 * @throws AppError `manifest.invalid`, `folder.unreadable`, `target.runtime_mismatch`
 */
export function checkStartable(agent: Agent, target: { id: TargetId; driver: Driver }): void {
  if (!agent.isPresent) {
    throw new AppError("folder.unreadable", `The folder of ${agent.name} is gone: ${agent.folder}`, {
      details: { folder: agent.folder },
    });
  }
  if (agent.problems.length > 0) throw invalidManifest(agent.problems);
  const { runtime, otherRuntime } = target.driver.capabilities;
  const { runtimes } = agent.manifest;
  const hasOther = otherRuntime !== undefined && runtimes[otherRuntime] !== undefined;
  if (runtimes[runtime] === undefined && !hasOther) {
    const has = Object.keys(runtimes).join(", ");
    throw new AppError("target.runtime_mismatch", `${target.id} runs ${runtime}; ${agent.name} has ${has}`, {
      details: { agent: agent.name, target: target.id, needs: runtime, has },
    });
  }
}
