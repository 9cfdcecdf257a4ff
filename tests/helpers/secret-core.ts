import { credentialNameSchema } from "#contract/credential.ts";
import { agentNameSchema } from "#contract/ids.ts";
import { type CoreHarness, openCore } from "./core-harness.ts";
import { Keyring } from "./keyring.ts";

/** A core whose keychain is a real keyring on a bus of its own. */
export interface SecretCore extends AsyncDisposable {
  readonly core: CoreHarness;
  readonly keyring: Keyring;
  /** Stores a credential that `agent` may be given. */
  set(name: string, fields: Readonly<Record<string, string>>, agent?: string): Promise<void>;
}

export async function openSecretCore(keyring?: Keyring): Promise<SecretCore> {
  const ring = keyring ?? (await Keyring.open());
  const core = await openCore({ environment: { ...process.env, ...ring.env } });
  return {
    core,
    keyring: ring,
    async set(name, fields, agent = "worker") {
      await core.core.faces.credentials.set(
        {
          name: credentialNameSchema.parse(name),
          fields: { ...fields },
          allow: [agentNameSchema.parse(agent)],
        },
        "cli",
      );
    },
    async [Symbol.asyncDispose]() {
      await core[Symbol.asyncDispose]();
      await ring[Symbol.asyncDispose]();
    },
  };
}

/** An agent that does what `code` says; `uses` is the manifest's list of credentials. */
export function nodeAgent(uses: string): string {
  return `class: computational\nruntimes: { process: { command: [node, main.mjs] } }\ncredentials:\n${uses}\n`;
}
