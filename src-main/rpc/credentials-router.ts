import { z } from "zod";
import {
  type ChangeCredential,
  type ClipboardCopy,
  type CopyCredential,
  type Credential,
  type CredentialChange,
  type CredentialName,
  changeCredentialSchema,
  copyCredentialSchema,
  credentialNameSchema,
  type ImportEnv,
  type ImportFile,
  type ImportResult,
  importEnvSchema,
  importFileSchema,
  type RotateCredential,
  rotateCredentialSchema,
  type SetCredential,
  setCredentialSchema,
} from "#contract/credential.ts";
import type { Door } from "#contract/run.ts";
import { procedure, router } from "./base.ts";

/**
 * What the credentials router asks of the core. Nothing here answers with a value: values go in and are handed
 * to runs, never back to whoever asks. Every change is on the audit trail before it happens.
 */
export interface CredentialsFace {
  list(): readonly Credential[];
  /** @throws AppError `credential.not_found` */
  get(name: CredentialName): Credential;
  /** Makes a credential or sets fields of one. @throws AppError `credential.*`, `vault.*`, `data.*` */
  set(request: SetCredential, door: Door): Promise<CredentialChange>;
  /** Changes what is no value: label, allowed agents, expiry. @throws AppError `credential.not_found` */
  change(request: ChangeCredential, door: Door): Promise<Credential>;
  /** Replaces values of fields that are set; the old ones stay valid until the new ones are stored. */
  rotate(request: RotateCredential, door: Door): Promise<CredentialChange>;
  /** Resolves when reading back found nothing. @throws AppError `credential.not_found`, `vault.*` */
  remove(name: CredentialName, door: Door): Promise<void>;
  /** Names of the variables of a `.env` file; no values. @throws AppError `folder.unreadable` */
  readEnvNames(file: string): Promise<readonly string[]>;
  importEnv(request: ImportEnv, door: Door): Promise<ImportResult>;
  importFile(request: ImportFile, door: Door): Promise<CredentialChange>;
  /** Puts a value on the clipboard of this computer and clears it again. @throws AppError `clipboard.unavailable` */
  copy(request: CopyCredential, door: Door): Promise<ClipboardCopy>;
}

export function createCredentialsRouter(credentials: CredentialsFace) {
  const byName = z.object({ name: credentialNameSchema });
  return router({
    list: procedure.query(() => credentials.list()),
    get: procedure.input(byName).query(({ input }) => credentials.get(input.name)),
    set: procedure.input(setCredentialSchema).mutation(({ input, ctx }) => credentials.set(input, ctx.door)),
    change: procedure
      .input(changeCredentialSchema)
      .mutation(({ input, ctx }) => credentials.change(input, ctx.door)),
    rotate: procedure
      .input(rotateCredentialSchema)
      .mutation(({ input, ctx }) => credentials.rotate(input, ctx.door)),
    remove: procedure.input(byName).mutation(({ input, ctx }) => credentials.remove(input.name, ctx.door)),
    readEnvNames: procedure
      .input(importEnvSchema.pick({ file: true }))
      .query(({ input }) => credentials.readEnvNames(input.file)),
    importEnv: procedure
      .input(importEnvSchema)
      .mutation(({ input, ctx }) => credentials.importEnv(input, ctx.door)),
    importFile: procedure
      .input(importFileSchema)
      .mutation(({ input, ctx }) => credentials.importFile(input, ctx.door)),
    copy: procedure
      .input(copyCredentialSchema)
      .mutation(({ input, ctx }) => credentials.copy(input, ctx.door)),
  });
}
