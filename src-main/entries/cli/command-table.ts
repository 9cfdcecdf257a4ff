import type { Command } from "./command.ts";
import { agentAdd } from "./commands/agent-add.ts";
import { agentList } from "./commands/agent-list.ts";
import { agentRemove } from "./commands/agent-remove.ts";
import { agentShow } from "./commands/agent-show.ts";
import { agentValidate } from "./commands/agent-validate.ts";
import { audit } from "./commands/audit.ts";
import { createCompletion } from "./commands/completion.ts";
import { containerExec } from "./commands/container-exec.ts";
import { containerList } from "./commands/container-list.ts";
import { containerLogs, containerStats } from "./commands/container-output.ts";
import {
  containerRemove,
  containerRestart,
  containerStart,
  containerStop,
} from "./commands/container-steer.ts";
import { credentialImport } from "./commands/credential-import.ts";
import { credentialList } from "./commands/credential-list.ts";
import { credentialRemove } from "./commands/credential-remove.ts";
import { credentialRotate } from "./commands/credential-rotate.ts";
import { credentialSet } from "./commands/credential-set.ts";
import { credentialShow } from "./commands/credential-show.ts";
import { doctor } from "./commands/doctor.ts";
import { engineList } from "./commands/engine-list.ts";
import { imageBuild, imageList, imagePlan, imagePull, imageRemove } from "./commands/image.ts";
import { logs } from "./commands/logs.ts";
import { logsExport } from "./commands/logs-export.ts";
import { logsLimits, logsLimitsSet, logsTidy } from "./commands/logs-limits.ts";
import { logsPin, logsUnpin } from "./commands/logs-pin.ts";
import { logsSinkList, logsSinkRemove, logsSinkSet, logsSinkTest } from "./commands/logs-sink.ts";
import { logsStats } from "./commands/logs-stats.ts";
import { open } from "./commands/open.ts";
import { run } from "./commands/run.ts";
import { runs } from "./commands/runs.ts";
import { serve } from "./commands/serve.ts";
import { show } from "./commands/show.ts";
import { stop } from "./commands/stop.ts";
import { targetList } from "./commands/target-list.ts";
import { targetShow } from "./commands/target-show.ts";
import { variableGet, variableList, variableRemove, variableSet } from "./commands/variable.ts";
import { vaultCreate, vaultLock, vaultStatus, vaultUnlock } from "./commands/vault.ts";
import { version } from "./commands/version.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  serve,
  open,
  doctor,
  agentAdd,
  agentList,
  agentShow,
  agentValidate,
  agentRemove,
  run,
  runs,
  show,
  stop,
  // Before the shorter name, which would take their second word for a run.
  logsExport,
  logsStats,
  logsLimitsSet,
  logsLimits,
  logsTidy,
  logsPin,
  logsUnpin,
  logsSinkSet,
  logsSinkList,
  logsSinkTest,
  logsSinkRemove,
  logs,
  targetList,
  targetShow,
  credentialSet,
  credentialImport,
  credentialList,
  credentialShow,
  credentialRotate,
  credentialRemove,
  variableSet,
  variableGet,
  variableList,
  variableRemove,
  vaultStatus,
  vaultUnlock,
  vaultLock,
  vaultCreate,
  audit,
  engineList,
  containerList,
  containerStart,
  containerStop,
  containerRestart,
  containerRemove,
  containerLogs,
  containerExec,
  containerStats,
  imageList,
  imagePull,
  imageBuild,
  imagePlan,
  imageRemove,
  createCompletion(() => COMMANDS),
  version,
];
