import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Folders with `ca.pem`, `cert.pem` and `key.pem` each, as Docker takes them. */
export interface TestCertificates {
  /** For a server on 127.0.0.1. */
  readonly server: string;
  readonly client: string;
  /** A client of another authority, which the server does not know. */
  readonly stranger: string;
}

/** Certificates for one day, made by `openssl`. */
export async function makeCertificates(folder: string): Promise<TestCertificates> {
  const authority = await makeAuthority(join(folder, "authority"));
  const other = await makeAuthority(join(folder, "other"));
  return {
    server: await makePair(
      join(folder, "server"),
      authority,
      "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth",
    ),
    client: await makePair(join(folder, "client"), authority, "extendedKeyUsage=clientAuth"),
    stranger: await makePair(join(folder, "stranger"), other, "extendedKeyUsage=clientAuth"),
  };
}

async function makeAuthority(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await openssl(
    folder,
    "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=test-authority -keyout key.pem -out ca.pem",
  );
  return folder;
}

async function makePair(folder: string, authority: string, extensions: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "extensions"), extensions);
  await openssl(folder, "req -newkey rsa:2048 -nodes -subj /CN=test -keyout key.pem -out request.pem");
  const signer = `-CA ${authority}/ca.pem -CAkey ${authority}/key.pem -CAcreateserial`;
  await openssl(folder, `x509 -req -in request.pem -days 1 ${signer} -extfile extensions -out cert.pem`);
  await run("cp", [join(authority, "ca.pem"), join(folder, "ca.pem")]);
  return folder;
}

async function openssl(folder: string, words: string): Promise<void> {
  await run("openssl", words.split(" "), { cwd: folder });
}
