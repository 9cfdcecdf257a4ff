import { type AgentsFace, createAgentsRouter } from "./agents-router.ts";
import { type AuditFace, createAuditRouter } from "./audit-router.ts";
import { router } from "./base.ts";
import { type CredentialsFace, createCredentialsRouter } from "./credentials-router.ts";
import { createEnginesRouter, type EnginesFace } from "./engines-router.ts";
import { createKeepingRouter, type KeepingFace } from "./keeping-router.ts";
import { createLogsRouter, type LogsFace } from "./logs-router.ts";
import { createRunsRouter, type RunsFace } from "./runs-router.ts";
import { createScreensRouter, type ScreensFace } from "./screens-router.ts";
import { createSinksRouter, type SinksFace } from "./sinks-router.ts";
import { createSystemRouter, type SystemFace } from "./system-router.ts";
import { createTargetsRouter, type TargetsFace } from "./targets-router.ts";
import { createUpdatesRouter, type UpdatesFace } from "./updates-router.ts";
import { createVariablesRouter, type VariablesFace } from "./variables-router.ts";
import { createVaultRouter, type VaultFace } from "./vault-router.ts";

/** The core as the RPC layer sees it; `compose.ts` builds one. */
export interface CoreFaces {
  readonly agents: AgentsFace;
  readonly runs: RunsFace;
  readonly logs: LogsFace;
  readonly keeping: KeepingFace;
  readonly sinks: SinksFace;
  readonly screens: ScreensFace;
  readonly targets: TargetsFace;
  readonly vault: VaultFace;
  readonly credentials: CredentialsFace;
  readonly variables: VariablesFace;
  readonly audit: AuditFace;
  readonly updates: UpdatesFace;
  readonly engines: EnginesFace;
  readonly system: SystemFace;
}

/** Every procedure of the program. Entries serve it; none adds to it. */
export function createAppRouter(core: CoreFaces) {
  return router({
    agents: createAgentsRouter(core.agents),
    runs: createRunsRouter(core.runs),
    logs: createLogsRouter(core.logs),
    keeping: createKeepingRouter(core.keeping),
    sinks: createSinksRouter(core.sinks),
    screens: createScreensRouter(core.screens),
    targets: createTargetsRouter(core.targets),
    vault: createVaultRouter(core.vault),
    credentials: createCredentialsRouter(core.credentials),
    variables: createVariablesRouter(core.variables),
    audit: createAuditRouter(core.audit),
    updates: createUpdatesRouter(core.updates),
    engines: createEnginesRouter(core.engines),
    system: createSystemRouter(core.system),
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;
