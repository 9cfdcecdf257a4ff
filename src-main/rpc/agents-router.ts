import { z } from "zod";
import {
  type Agent,
  type AgentSettings,
  type AgentValidation,
  addAgentSchema,
  agentSettingsSchema,
  type SampleAgent,
} from "#contract/agent.ts";
import { type AgentName, agentNameSchema } from "#contract/ids.ts";
import type { FolderListing } from "#contract/system.ts";
import { procedure, router } from "./base.ts";

/** What the agents router asks of the core. */
export interface AgentsFace {
  list(): readonly Agent[];
  /** @throws AppError `agent.not_found` */
  get(name: AgentName): Agent;
  /** @throws AppError `manifest.missing`, `manifest.invalid`, `agent.name_taken`, `folder.unreadable` */
  add(folder: string): Promise<Agent>;
  /** Forgets the agent; its folder and its finished runs stay. @throws AppError `agent.in_use` */
  remove(name: AgentName): Promise<void>;
  validate(folder: string): Promise<AgentValidation>;
  setSettings(name: AgentName, settings: AgentSettings): Agent;
  /** The manifest's text as it is on disk. */
  manifestText(name: AgentName): Promise<string>;
  samples(): Promise<readonly SampleAgent[]>;
  /** Copies a sample into the data folder's `samples` and adds it. */
  addSample(sample: string): Promise<Agent>;
  /** Folders for the chooser; the home folder when `folder` is null. */
  browse(folder: string | null): Promise<FolderListing>;
}

export function createAgentsRouter(agents: AgentsFace) {
  const byName = z.object({ name: agentNameSchema });
  return router({
    list: procedure.query(() => agents.list()),
    get: procedure.input(byName).query(({ input }) => agents.get(input.name)),
    add: procedure.input(addAgentSchema).mutation(({ input }) => agents.add(input.folder)),
    remove: procedure.input(byName).mutation(({ input }) => agents.remove(input.name)),
    validate: procedure.input(addAgentSchema).query(({ input }) => agents.validate(input.folder)),
    setSettings: procedure
      .input(byName.extend({ settings: agentSettingsSchema }))
      .mutation(({ input }) => agents.setSettings(input.name, input.settings)),
    manifestText: procedure.input(byName).query(({ input }) => agents.manifestText(input.name)),
    samples: procedure.query(() => agents.samples()),
    addSample: procedure
      .input(z.object({ sample: z.string().regex(/^[a-z][a-z0-9-]*$/) }))
      .mutation(({ input }) => agents.addSample(input.sample)),
    browse: procedure
      .input(z.object({ folder: z.string().max(4096).nullable() }))
      .query(({ input }) => agents.browse(input.folder)),
  });
}
