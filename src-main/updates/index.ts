export { createUpdates, NO_UPDATES, type UpdateInstallation } from "./create-updates.ts";
export { isSignedFile } from "./update-feed.ts";
export { keyId, signedBytes, type UpdateManifest } from "./update-manifest.ts";
export { UPDATE_KINDS, type UpdateKind, type UpdateSource, updateSourceSchema } from "./update-source.ts";
export type { ReadyUpdate, Updates } from "./updates.ts";
