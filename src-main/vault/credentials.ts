import { randomBytes } from "node:crypto";
import type {
  ChangeCredential,
  Credential,
  CredentialChange,
  CredentialName,
  CredentialWarning,
  RotateCredential,
  SetCredential,
} from "#contract/credential.ts";
import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import type { AgentName } from "#contract/ids.ts";
import type { Manifest } from "#contract/manifest.ts";
import type { Door } from "#contract/run.ts";
import type { SecretStoreKind } from "#contract/vault.ts";
import type { Clock } from "#core/clock.ts";
import { findNearest } from "#core/manifest/nearest-word.ts";
import { isMaskable } from "#core/masking/secret-forms.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import type { CredentialRecords, StoredCredential, StoredField } from "./credential-records.ts";
import { checkFields, invalid, isSecretField, viewOf } from "./credential-view.ts";
import { refuseUnlessUnlocked, storeFailed } from "./store-report.ts";
import type { Vault } from "./vault.ts";

/** What the vault asks about agents and runs. */
export interface UsageSource {
  /** Every agent with its manifest as it is now. */
  manifests(): readonly Manifest[];
  /** Live runs whose manifest names the credential. */
  liveRunsWith(credential: CredentialName): number;
}

export interface CredentialsDeps {
  readonly vault: Vault;
  readonly records: CredentialRecords;
  readonly usage: UsageSource;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly publish: (event: CoreEvent) => void;
}

const ITEM_BYTES = 9;

/**
 * Credentials: what is known about them here, their values in a store of secrets.
 *
 * 1. Every change is on the audit trail before it happens.
 * 2. A new value gets a new name in the store; the old one stays valid until the new one is stored, read back and
 *    on record. Whatever breaks in between, one of them is whole.
 * 3. What a crash leaves in a store is on record and deleted with the next change.
 */
export class Credentials {
  readonly #deps: CredentialsDeps;
  /** One change after the other, so that leftovers of one are not swept away by another. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(deps: CredentialsDeps) {
    this.#deps = deps;
  }

  list(): readonly Credential[] {
    return this.#deps.records.all().map((stored) => this.#view(stored));
  }

  get(name: CredentialName): Credential {
    return this.#view(this.#find(name));
  }

  async set(request: SetCredential, door: Door): Promise<CredentialChange> {
    const { allow = [], expiresAtMs, fields, label, name } = request;
    const details = { fields: Object.keys(fields).join(" "), allow: allow.join(" ") };
    return await this.#change({ door, action: "credential.set", subject: name, details }, async () => {
      const old = this.#deps.records.find(name) ?? this.#blank(request);
      if (request.kind !== undefined && request.kind !== old.kind) {
        throw invalid(name, "kind", `it is a ${old.kind}; remove it first to make it a ${request.kind}`);
      }
      return await this.#store(
        {
          ...old,
          ...(label === undefined ? {} : { label }),
          ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
          allowedAgents: [...new Set([...old.allowedAgents, ...allow])],
        },
        fields,
      );
    });
  }

  async rotate({ name, fields, expiresAtMs }: RotateCredential, door: Door): Promise<CredentialChange> {
    const details = { fields: Object.keys(fields).join(" ") };
    return await this.#change({ door, action: "credential.rotate", subject: name, details }, async () => {
      const old = this.#find(name);
      for (const field of Object.keys(fields)) {
        if (old.fields.some((known) => known.name === field)) continue;
        throw invalid(name, field, "it was never set, so there is nothing to replace");
      }
      return await this.#store({ ...old, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) }, fields);
    });
  }

  async change(request: ChangeCredential, door: Door): Promise<Credential> {
    const { allowedAgents, expiresAtMs, label, name } = request;
    const details = allowedAgents === undefined ? {} : { allow: allowedAgents.join(" ") };
    return await this.#change({ door, action: "credential.change", subject: name, details }, async () => {
      this.#deps.records.save({
        ...this.#find(name),
        ...(label === undefined ? {} : { label }),
        ...(allowedAgents === undefined ? {} : { allowedAgents: [...new Set(allowedAgents)] }),
        ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
        changedAtMs: this.#deps.clock.nowMs(),
      });
      return this.#tell(name);
    });
  }

  async remove(name: CredentialName, door: Door): Promise<void> {
    await this.#change({ door, action: "credential.remove", subject: name }, async () => {
      const { records, vault } = this.#deps;
      const { fields, store } = this.#find(name);
      refuseUnlessUnlocked(await vault.store(store).look());
      records.remove(name);
      this.#deps.publish({ type: "credential.removed", name });
      await this.#sweep(store);
      const left = new Set(records.leftovers(store));
      if (fields.some(({ item }) => left.has(item))) {
        throw storeFailed(store, "a value could not be deleted; it is tried again with the next change");
      }
    });
  }

  /** Does `task` with a value, one change at a time, so that it is not rotated away meanwhile. */
  async useValue<T>(
    { name, field }: { name: CredentialName; field: string },
    task: (value: string) => Promise<T>,
  ): Promise<T> {
    return await this.#inLine(async () => {
      const stored = this.#find(name);
      const known = stored.fields.find((candidate) => candidate.name === field);
      if (known === undefined) throw invalid(name, field, "it has no such field");
      const value = await this.#deps.vault.store(stored.store).get(known.item);
      if (value === null) throw storeFailed(stored.store, `the value of ${name}.${field} is not there`);
      return await task(value);
    });
  }

  async #store(
    credential: StoredCredential,
    values: Readonly<Record<string, string>>,
  ): Promise<CredentialChange> {
    const { clock, records, usage, vault } = this.#deps;
    const { name, kind, store: where } = credential;
    checkFields(credential, values);
    const store = vault.store(where);
    refuseUnlessUnlocked(await store.look());
    await this.#sweep(where);
    const changedAtMs = clock.nowMs();
    const fresh = Object.entries(values).map(([field, value]) => ({
      value,
      field: {
        name: field,
        item: `${name}/${field}/${randomBytes(ITEM_BYTES).toString("hex")}`,
        isSecret: isSecretField(kind, field),
        isMaskable: isMaskable(value),
        changedAtMs,
      } satisfies StoredField,
    }));
    const hadValues = credential.fields.length > 0;
    records.addLeftovers(fresh.map(({ field }) => ({ store: where, item: field.item })));
    for (const { field, value } of fresh) await store.set(field.item, value);
    const names = new Set(fresh.map(({ field }) => field.name));
    const kept = credential.fields.filter((field) => !names.has(field.name));
    records.save({ ...credential, fields: [...kept, ...fresh.map(({ field }) => field)], changedAtMs });
    await this.#sweep(where);
    return {
      credential: this.#tell(name),
      warnings: [
        ...fresh.flatMap(({ field }) => shortWarning(field)),
        ...oldValueWarning(hadValues ? usage.liveRunsWith(name) : 0),
      ],
    };
  }

  #blank({ kind, label = "", name }: SetCredential): StoredCredential {
    const nowMs = this.#deps.clock.nowMs();
    return {
      name,
      kind: kind ?? "free",
      label,
      store: this.#deps.vault.chosen,
      fields: [],
      allowedAgents: [],
      expiresAtMs: null,
      createdAtMs: nowMs,
      changedAtMs: nowMs,
    };
  }

  /** Deletes what belongs to nobody. What cannot be deleted now is tried again with the next change. */
  async #sweep(where: SecretStoreKind): Promise<void> {
    const { records, vault } = this.#deps;
    for (const item of records.leftovers(where)) {
      try {
        await vault.store(where).delete(item);
        records.forgetLeftover({ store: where, item });
      } catch {
        // It stays on record as a leftover.
        return;
      }
    }
  }

  #change<T>(act: Parameters<AuditTrail["begin"]>[0], effect: () => Promise<T>): Promise<T> {
    return this.#inLine(() => this.#deps.audit.around(act, effect));
  }

  async #inLine<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#line.catch(() => undefined).then(task);
    this.#line = turn;
    return await turn;
  }

  #find(name: CredentialName): StoredCredential {
    const { records } = this.#deps;
    const stored = records.find(name);
    if (stored !== null) return stored;
    const names = records.all().map((credential) => credential.name);
    throw new AppError("credential.not_found", `No credential is named ${name}`, {
      details: { credential: name, nearest: findNearest(name, names) ?? "" },
    });
  }

  #tell(name: CredentialName): Credential {
    const credential = this.get(name);
    this.#deps.publish({ type: "credential.changed", credential });
    return credential;
  }

  #view(stored: StoredCredential): Credential {
    const { clock, records, usage } = this.#deps;
    const namedBy = usage
      .manifests()
      .filter(({ credentials = [] }) => credentials.some(({ name }) => name === stored.name))
      .map(({ name }) => name as AgentName);
    return viewOf(stored, { uses: records.uses(stored.name), namedBy, nowMs: clock.nowMs() });
  }
}

function shortWarning({ isMaskable: canMask, isSecret, name }: StoredField): readonly CredentialWarning[] {
  return canMask || !isSecret ? [] : [{ code: "too-short-to-mask", field: name, runs: 0 }];
}

function oldValueWarning(runs: number): readonly CredentialWarning[] {
  return runs === 0 ? [] : [{ code: "old-value-in-use", field: "", runs }];
}
