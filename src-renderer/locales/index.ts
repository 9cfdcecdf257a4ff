import agentsEn from "./en/agents.json" with { type: "json" };
import auditEn from "./en/audit.json" with { type: "json" };
import bridgeEn from "./en/bridge.json" with { type: "json" };
import commonEn from "./en/common.json" with { type: "json" };
import coreEn from "./en/core.json" with { type: "json" };
import credentialsEn from "./en/credentials.json" with { type: "json" };
import enginesEn from "./en/engines.json" with { type: "json" };
import errorsEn from "./en/errors.json" with { type: "json" };
import logEn from "./en/log.json" with { type: "json" };
import runsEn from "./en/runs.json" with { type: "json" };
import settingsEn from "./en/settings.json" with { type: "json" };
import targetsEn from "./en/targets.json" with { type: "json" };
import variablesEn from "./en/variables.json" with { type: "json" };
import vaultEn from "./en/vault.json" with { type: "json" };
import welcomeEn from "./en/welcome.json" with { type: "json" };
import agentsRu from "./ru/agents.json" with { type: "json" };
import auditRu from "./ru/audit.json" with { type: "json" };
import bridgeRu from "./ru/bridge.json" with { type: "json" };
import commonRu from "./ru/common.json" with { type: "json" };
import coreRu from "./ru/core.json" with { type: "json" };
import credentialsRu from "./ru/credentials.json" with { type: "json" };
import enginesRu from "./ru/engines.json" with { type: "json" };
import errorsRu from "./ru/errors.json" with { type: "json" };
import logRu from "./ru/log.json" with { type: "json" };
import runsRu from "./ru/runs.json" with { type: "json" };
import settingsRu from "./ru/settings.json" with { type: "json" };
import targetsRu from "./ru/targets.json" with { type: "json" };
import variablesRu from "./ru/variables.json" with { type: "json" };
import vaultRu from "./ru/vault.json" with { type: "json" };
import welcomeRu from "./ru/welcome.json" with { type: "json" };

export const LANGUAGES = ["en", "ru"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Every text of the page: one file per language and feature. A key that is not here does not compile. */
export const RESOURCES = {
  en: {
    common: commonEn,
    core: coreEn,
    credentials: credentialsEn,
    engines: enginesEn,
    errors: errorsEn,
    agents: agentsEn,
    audit: auditEn,
    bridge: bridgeEn,
    log: logEn,
    runs: runsEn,
    settings: settingsEn,
    targets: targetsEn,
    variables: variablesEn,
    vault: vaultEn,
    welcome: welcomeEn,
  },
  ru: {
    common: commonRu,
    core: coreRu,
    credentials: credentialsRu,
    engines: enginesRu,
    errors: errorsRu,
    agents: agentsRu,
    audit: auditRu,
    bridge: bridgeRu,
    log: logRu,
    runs: runsRu,
    settings: settingsRu,
    targets: targetsRu,
    variables: variablesRu,
    vault: vaultRu,
    welcome: welcomeRu,
  },
} as const;
