import { type CredentialName, credentialNameSchema } from "#contract/credential.ts";
import { AppError } from "#contract/errors.ts";
import type { AgentName, RunId, TargetId } from "#contract/ids.ts";
import type { Manifest } from "#contract/manifest.ts";
import type { Door } from "#contract/run.ts";
import type { SecretStoreKind } from "#contract/vault.ts";
import type { Clock } from "#core/clock.ts";
import { findNearest } from "#core/manifest/nearest-word.ts";
import { isMaskable } from "#core/masking/secret-forms.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import type { CredentialRecords, StoredCredential } from "./credential-records.ts";
import { expiryOf } from "./credential-view.ts";
import { refuseUnlessUnlocked, storeFailed } from "./store-report.ts";
import type { Vault } from "./vault.ts";

/** What a run is given, in the way its manifest says. Never stored, never shown. */
export interface HandedSecrets {
  /** Variable to value. */
  readonly env: Readonly<Record<string, string>>;
  /** Private files; the variable `env` gets the path. */
  readonly files: readonly { readonly env: string; readonly name: string; readonly content: string }[];
  /** Open descriptors to read from; the variable `env` gets the number. */
  readonly descriptors: readonly { readonly env: string; readonly content: string }[];
  /** What is to be masked in the run's output. */
  readonly masked: readonly string[];
  /** `credential.field` of secrets that are too short for that. */
  readonly unmasked: readonly string[];
}

export interface HandOverRequest {
  readonly runId: RunId;
  readonly agent: AgentName;
  readonly target: TargetId;
  readonly door: Door;
  readonly uses: NonNullable<Manifest["credentials"]>;
}

export interface HandOverDeps {
  readonly vault: Vault;
  readonly records: CredentialRecords;
  readonly audit: AuditTrail;
  readonly clock: Clock;
}

interface Grant {
  readonly use: HandOverRequest["uses"][number];
  readonly credential: StoredCredential;
}

/** Gives runs the credentials their manifests name, and nobody anything else. */
export class HandOver {
  readonly #deps: HandOverDeps;

  constructor(deps: HandOverDeps) {
    this.#deps = deps;
  }

  /**
   * Whether the agent may be given what its manifest names, as far as that is known without a value.
   *
   * @throws AppError `start.credential_*`
   */
  check(agent: AgentName, uses: HandOverRequest["uses"]): void {
    for (const use of uses) this.#grant(use, agent);
  }

  /**
   * The values, fetched now. In this order: everything is allowed, every store is open, every use is on the audit
   * trail, and only then is a value asked for.
   *
   * @throws AppError `start.credential_*` for what will not change by waiting; `vault.*` for a store that may open
   * later; `data.*` when the trail cannot be written
   */
  async give(request: HandOverRequest): Promise<HandedSecrets> {
    const { vault } = this.#deps;
    const grants = request.uses.map((use) => this.#grant(use, request.agent));
    for (const store of new Set(grants.map(({ credential }) => credential.store))) {
      refuseUnlessUnlocked(await vault.store(store).look());
    }
    const given: HandedSecrets[] = [];
    for (const grant of grants) given.push(await this.#giveOne(grant, request));
    return {
      env: Object.assign({}, ...given.map(({ env }) => env)) as Record<string, string>,
      files: given.flatMap(({ files }) => files),
      descriptors: given.flatMap(({ descriptors }) => descriptors),
      masked: given.flatMap(({ masked }) => masked),
      unmasked: given.flatMap(({ unmasked }) => unmasked),
    };
  }

  /** Resolves once the store is open. */
  untilUnlocked(store: SecretStoreKind, signal: AbortSignal): Promise<void> {
    return this.#deps.vault.untilUnlocked(store, signal);
  }

  async #giveOne(grant: Grant, request: HandOverRequest): Promise<HandedSecrets> {
    const { audit, clock, records } = this.#deps;
    const { agent, door, runId, target } = request;
    const { name } = grant.credential;
    const details = { agent, target, run: runId, fields: fieldsOf(grant.use).join(" ") };
    return await audit.around({ door, action: "credential.hand-over", subject: name, details }, async () => {
      const handed = await this.#fetch(grant);
      records.markUsed(name, { agent, target, runId, atMs: clock.nowMs() });
      return handed;
    });
  }

  async #fetch({ credential, use }: Grant): Promise<HandedSecrets> {
    const store = this.#deps.vault.store(credential.store);
    const values = new Map<string, string>();
    for (const field of fieldsOf(use)) {
      const item = credential.fields.find(({ name }) => name === field)?.item ?? "";
      const value = await store.get(item);
      if (value === null) {
        throw storeFailed(credential.store, `the value of ${credential.name}.${field} is not there any more`);
      }
      values.set(field, value);
    }
    const read = (field: string) => values.get(field) ?? "";
    const secrets = [...values].filter(
      ([field]) => credential.fields.find(({ name }) => name === field)?.isSecret === true,
    );
    return {
      env: Object.fromEntries(Object.entries(use.env ?? {}).map(([field, env]) => [env, read(field)])),
      files:
        use.file === undefined
          ? []
          : [
              {
                env: use.file.env,
                name: `${credential.name}-${use.file.field}`,
                content: read(use.file.field),
              },
            ],
      descriptors: use.fd === undefined ? [] : [{ env: use.fd.env, content: read(use.fd.field) }],
      masked: secrets.map(([, value]) => value).filter(isMaskable),
      unmasked: secrets
        .filter(([, value]) => !isMaskable(value))
        .map(([field]) => `${credential.name}.${field}`),
    };
  }

  #grant(use: HandOverRequest["uses"][number], agent: AgentName): Grant {
    const credential = this.#find(use.name, agent);
    const { name } = credential;
    if (!credential.allowedAgents.includes(agent)) {
      throw new AppError(
        "start.credential_not_allowed",
        `The credential ${name} is not allowed for ${agent}`,
        { details: { agent, credential: name } },
      );
    }
    if (
      credential.expiresAtMs !== null &&
      expiryOf(credential.expiresAtMs, this.#deps.clock.nowMs()) === "expired"
    ) {
      const expiredAt = new Date(credential.expiresAtMs).toISOString();
      throw new AppError("start.credential_expired", `The credential ${name} expired at ${expiredAt}`, {
        details: { agent, credential: name, expiredAt },
      });
    }
    for (const field of fieldsOf(use)) {
      if (credential.fields.some((known) => known.name === field)) continue;
      throw unavailable(agent, name, `it has no field ${field}`);
    }
    return { use, credential };
  }

  #find(text: string, agent: AgentName): StoredCredential {
    const { records } = this.#deps;
    const name = credentialNameSchema.safeParse(text);
    const found = name.success ? records.find(name.data satisfies CredentialName) : null;
    if (found !== null) return found;
    const nearest = findNearest(
      text,
      records.all().map((credential) => credential.name),
    );
    throw unavailable(agent, text, `it does not exist${nearest === null ? "" : `; there is ${nearest}`}`);
  }
}

function fieldsOf({ env = {}, fd, file }: HandOverRequest["uses"][number]): readonly string[] {
  const fields = [...Object.keys(env), ...(file === undefined ? [] : [file.field])];
  return [...new Set([...fields, ...(fd === undefined ? [] : [fd.field])])];
}

function unavailable(agent: string, credential: string, problem: string): AppError {
  return new AppError("start.credential_unavailable", `The credential ${credential}: ${problem}`, {
    details: { agent, credential, problem },
  });
}
