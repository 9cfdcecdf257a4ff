import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { UpdateManifest } from "#main/updates/index.ts";
import { makeUpdateKey, signManifest } from "../../scripts/package/sign-manifest.ts";

type Answer = string | Buffer | RequestListener;

/** A real feed on this computer, and the key it is signed with. */
export interface UpdateServer extends AsyncDisposable {
  /** Address of the folder, with a slash at its end. */
  readonly feed: string;
  readonly publicKey: string;
  readonly privateKey: string;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  /** Answers of the folder by name; a function answers by itself. */
  readonly files: Map<string, Answer>;
  /** Publishes a release of one package and gives what was published. */
  publish(change?: Partial<UpdateManifest>, signedWith?: string): UpdateManifest;
}

const PACKAGE_NAME = "Pilothouse-0.2.0-linux-x64.AppImage";
export const MANIFEST_NAME = "pilothouse-update.json";
/** Longer than one part of an answer, so that it can be cut. */
export const PACKAGE = Buffer.alloc(300_000, "new version ");

export async function startUpdateServer(nowMs: number): Promise<UpdateServer> {
  const files = new Map<string, Answer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const name = (request.url ?? "").replace("/stable/", "");
    asked.push(name);
    const answer = files.get(name);
    if (answer === undefined) response.writeHead(404).end();
    else if (typeof answer === "function") answer(request, response);
    else response.end(answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { privateKey, publicKey } = makeUpdateKey();
  return {
    feed: `http://127.0.0.1:${(server.address() as AddressInfo).port}/stable/`,
    publicKey,
    privateKey,
    asked,
    files,
    publish(change = {}, signedWith = privateKey) {
      const manifest: UpdateManifest = {
        version: "0.2.0",
        releasedAtMs: nowMs,
        expiresAtMs: nowMs + 1_000_000_000,
        files: [
          {
            kind: "appimage",
            arch: "x64",
            name: PACKAGE_NAME,
            sizeBytes: PACKAGE.length,
            sha512: createHash("sha512").update(PACKAGE).digest("hex"),
          },
        ],
        ...change,
      };
      files.set(MANIFEST_NAME, signManifest(manifest, [signedWith]));
      files.set(PACKAGE_NAME, PACKAGE);
      return manifest;
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}
