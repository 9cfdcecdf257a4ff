export { CoreLock, type CoreOwner } from "./core-lock.ts";
export type { SettingsRecords } from "./settings-records.ts";
export { openStore, type Store, type StoreRecovery } from "./store.ts";
