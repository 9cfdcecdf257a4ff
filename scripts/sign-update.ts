// The workflow of a release runs it on the folder of finished packages: node scripts/sign-update.ts FOLDER
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LaunchError, ROOT } from "../bin/runtime.mjs";
import { updateSourceSchema } from "../src-main/updates/index.ts";
import { endWith } from "./end-with.ts";
import { describeFiles, makeUpdateKey, publicKeyOf, signManifest } from "./package/sign-manifest.ts";

const HELP = `node scripts/sign-update.ts FOLDER     sign what lies in FOLDER, with PILOTHOUSE_UPDATE_KEY (PEM; several one after another)
node scripts/sign-update.ts --new-key  make a key`;
/** How long a manifest counts. A feed without a release in that time signs the last one anew. */
const VALID_MS = 120 * 24 * 60 * 60 * 1_000;
const PEM = /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----/g;

async function signUpdate(): Promise<void> {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new LaunchError(HELP, 2);
  if (folder === "--new-key") {
    const { privateKey, publicKey } = makeUpdateKey();
    console.log(`${privateKey}\nFor "keys" of resources/updates.json: ${publicKey}`);
    return;
  }
  const privateKeys = process.env["PILOTHOUSE_UPDATE_KEY"]?.match(PEM) ?? [];
  if (privateKeys.length === 0) {
    console.log(
      "PILOTHOUSE_UPDATE_KEY holds no key: nothing is signed, and no installation is told of this release.",
    );
    return;
  }
  await checkKeys(privateKeys);
  const files = await describeFiles(folder, await readdir(folder));
  if (files.length === 0)
    throw new LaunchError(`${folder} holds no package that an installation is renewed with.`);
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string };
  const releasedAtMs = Date.now();
  const manifest = { version, releasedAtMs, expiresAtMs: releasedAtMs + VALID_MS, files };
  await writeFile(join(folder, "pilothouse-update.json"), signManifest(manifest, privateKeys));
  console.log(`signed: ${files.map(({ name }) => name).join(", ")}`);
}

/** A release signed with a key that no installation knows would never be seen by one. */
async function checkKeys(privateKeys: readonly string[]): Promise<void> {
  const source = JSON.parse(await readFile(join(ROOT, "resources", "updates.json"), "utf8")) as unknown;
  const { keys } = updateSourceSchema.parse(source);
  if (privateKeys.every((key) => !keys.includes(publicKeyOf(key)))) {
    throw new LaunchError("No key of PILOTHOUSE_UPDATE_KEY stands in resources/updates.json.");
  }
}

await endWith(signUpdate);
