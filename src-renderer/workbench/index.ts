export type { Action, ActionGroup } from "./actions.ts";
export { AllowFirstProvider, useAllowFirst } from "./allow-first.tsx";
export {
  type Attention,
  type AttentionItem,
  attentionKey,
  RECENT_RUNS,
  useAttention,
} from "./attention.ts";
export { canStart } from "./can-start.ts";
export { ConfirmProvider, type Question, useAskFirst } from "./confirm.tsx";
export { type DialogParam, useDialogParam } from "./dialog-param.ts";
export { type Feature, type FeatureRoute, PLACES, type Place } from "./feature.ts";
export { LogLimitFields, LogTidy, useLogKeeping } from "./log-keeping.tsx";
export { type KeptLook, useLogLook } from "./log-look.ts";
export { MendVaultButton, waitsForVault } from "./mend-vault.tsx";
export { NothingThere } from "./nothing-there.tsx";
export { paths } from "./paths.ts";
export { PlaceTabs } from "./place-tabs.tsx";
export {
  languageOf,
  type Preferences,
  PreferencesProvider,
  readPaintCache,
  usePreferences,
  useShownScheme,
} from "./preferences.tsx";
export { showDone, showFailure } from "./toast.tsx";
