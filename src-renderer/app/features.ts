import { agentsFeature, useAgentActions } from "../features/agents/index.tsx";
import { auditFeature, useAuditActions } from "../features/audit/index.tsx";
import { bridgeFeature } from "../features/bridge/index.ts";
import { credentialsFeature, useCredentialActions } from "../features/credentials/index.tsx";
import { enginesFeature, useEngineActions } from "../features/engines/index.tsx";
import { logsFeature } from "../features/logs/index.tsx";
import { runsFeature, useRunCommands } from "../features/runs/index.ts";
import { settingsFeature, useSettingsActions } from "../features/settings/index.tsx";
import { targetsFeature, useTargetActions } from "../features/targets/index.tsx";
import { useVariableActions, variablesFeature } from "../features/variables/index.tsx";
import { useVaultActions, vaultFeature } from "../features/vault/index.tsx";
import { welcomeFeature } from "../features/welcome/index.tsx";
import type { Action, Feature } from "../workbench/index.ts";

/** Every feature of the page; the shell shows what they offer and knows nothing else of them. */
export const FEATURES: readonly Feature[] = [
  bridgeFeature,
  agentsFeature,
  runsFeature,
  logsFeature,
  targetsFeature,
  enginesFeature,
  credentialsFeature,
  variablesFeature,
  auditFeature,
  vaultFeature,
  settingsFeature,
  welcomeFeature,
];

/** Commands of all features for the palette. */
export function useFeatureActions(): readonly Action[] {
  const agents = useAgentActions();
  const runs = useRunCommands();
  const targets = useTargetActions();
  const engines = useEngineActions();
  const credentials = useCredentialActions();
  const variables = useVariableActions();
  const vault = useVaultActions();
  const audit = useAuditActions();
  const settings = useSettingsActions();
  return [
    ...agents,
    ...runs,
    ...targets,
    ...engines,
    ...vault,
    ...credentials,
    ...variables,
    ...audit,
    ...settings,
  ];
}
