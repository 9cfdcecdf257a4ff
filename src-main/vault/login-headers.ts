import type { CredentialKind } from "#contract/credential.ts";
import { AppError } from "#contract/errors.ts";
import type { Door } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import { findNearest } from "#core/manifest/nearest-word.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import type { CredentialRecords, StoredCredential } from "./credential-records.ts";
import { expiryOf, invalid } from "./credential-view.ts";
import { refuseUnlessUnlocked, storeFailed } from "./store-report.ts";
import type { Vault } from "./vault.ts";

export interface LoginHeadersDeps {
  readonly vault: Vault;
  readonly records: CredentialRecords;
  readonly audit: AuditTrail;
  readonly clock: Clock;
}

export interface LoginRequest {
  readonly credential: string;
  /** Name of the sink that logs in. */
  readonly sink: string;
  readonly door: Door;
}

type Headers = Readonly<Record<string, string>>;

/** Which fields a kind has that can log in over HTTP, and how they are written. */
const FORMS: Partial<Record<CredentialKind, (values: ReadonlyMap<string, string>) => Headers>> = {
  token: (values) => ({ authorization: `Bearer ${values.get("token") ?? ""}` }),
  password: (values) => {
    const pair = `${values.get("user") ?? ""}:${values.get("password") ?? ""}`;
    return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
  },
  // Each field is a header of its name, such as `x-api-key`.
  free: (values) => Object.fromEntries(values),
};

/**
 * The headers with which Pilothouse itself logs in somewhere, fetched now. As for runs: the store is open, the use is
 * on the audit trail, and only then is a value asked for.
 *
 * @throws AppError `credential.not_found`, `credential.invalid`, `vault.*`, `data.*`
 */
export async function loginHeaders(deps: LoginHeadersDeps, request: LoginRequest): Promise<Headers> {
  const { audit, clock, records, vault } = deps;
  const stored = find(records, request.credential);
  const { expiresAtMs, kind, name } = stored;
  const form = FORMS[kind];
  if (form === undefined) throw invalid(name, "kind", `a ${kind} cannot log in over HTTP`);
  if (expiresAtMs !== null && expiryOf(expiresAtMs, clock.nowMs()) === "expired") {
    throw invalid(name, "expiry", `it expired at ${new Date(expiresAtMs).toISOString()}`);
  }
  refuseUnlessUnlocked(await vault.store(stored.store).look());
  const details = { sink: request.sink, fields: stored.fields.map((field) => field.name).join(" ") };
  const act = { door: request.door, action: "credential.log-in", subject: name, details } as const;
  return await audit.around(act, async () => checked(stored, form(await valuesOf(stored, vault))));
}

async function valuesOf(
  { fields, name, store }: StoredCredential,
  vault: Vault,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const field of fields) {
    const value = await vault.store(store).get(field.item);
    if (value === null) throw storeFailed(store, `the value of ${name}.${field.name} is not there any more`);
    values.set(field.name, value);
  }
  return values;
}

/** What cannot stand in a header is refused here, where its value does not get into a message. */
function checked({ name }: StoredCredential, headers: Headers): Headers {
  for (const [header, value] of Object.entries(headers)) {
    if (/^[\t\u0020-\u007e]*$/.test(value)) continue;
    throw invalid(name, header, "its value holds characters that cannot stand in a header");
  }
  return headers;
}

function find(records: CredentialRecords, text: string): StoredCredential {
  const all = records.all();
  const found = all.find(({ name }) => name === text);
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name);
  throw new AppError("credential.not_found", `No credential is named ${text}`, {
    details: { credential: text, nearest: findNearest(text, names) ?? "" },
  });
}
