import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";

/** A registry with one image of two layers, both of which come slowly. */
export interface SmallRegistry extends AsyncDisposable {
  /** Sends only two thirds of the second layer from now on, until the returned function is called. */
  holdLastLayer(): () => void;
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** `127.0.0.1:PORT/small:1`. */
  readonly image: string;
  readonly digest: string;
  /** A digest under which the registry has something else than it says. */
  readonly forgedDigest: string;
}

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const CONFIG = "application/vnd.docker.container.image.v1+json";
const LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const SLOW_BYTES = 3 << 20;
const PIECE_BYTES = 128 << 10;
const PIECE_MS = 25;

/** @param firstLayer tar file of a root file system */
export async function startSmallRegistry(firstLayer: string): Promise<SmallRegistry> {
  const layers = [await readFile(firstLayer), tarOf("noise", randomBytes(SLOW_BYTES))];
  const packed = layers.map((layer) => gzipSync(layer, { level: 1 }));
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      os: "linux",
      config: { Cmd: ["/bin/sh"] },
      rootfs: { type: "layers", diff_ids: layers.map(digestOf) },
    }),
  );
  const blobs = new Map([config, ...packed].map((bytes) => [digestOf(bytes), bytes]));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: CONFIG, size: config.byteLength, digest: digestOf(config) },
      layers: packed.map((bytes) => ({ mediaType: LAYER, size: bytes.byteLength, digest: digestOf(bytes) })),
    }),
  );
  const digest = digestOf(manifest);
  const forgedDigest = digestOf(Buffer.from("something else"));
  const sendManifest = (claimed: string) => (response: ServerResponse, hasBody: boolean) => {
    const length = { "content-length": manifest.byteLength };
    response.writeHead(200, { "content-type": MANIFEST, "docker-content-digest": claimed, ...length });
    response.end(hasBody ? manifest : undefined);
  };
  let isFree: Promise<void> = Promise.resolve();
  const heldAt = (bytes: Buffer) =>
    bytes === packed.at(-1) ? (bytes.byteLength * 2) / 3 : Number.POSITIVE_INFINITY;
  const places = new Map<string, (response: ServerResponse, hasBody: boolean) => void>([
    ["/v2/", (response) => response.end("{}")],
    ["/v2/small/manifests/1", sendManifest(digest)],
    [`/v2/small/manifests/${digest}`, sendManifest(digest)],
    [`/v2/small/manifests/${forgedDigest}`, sendManifest(forgedDigest)],
    ...[...blobs].map(
      ([name, bytes]) =>
        [
          `/v2/small/blobs/${name}`,
          (response: ServerResponse) => void sendSlowly(response, bytes, { at: heldAt(bytes), isFree }),
        ] as const,
    ),
  ]);
  const server = createServer((request, response) => {
    const place = places.get(request.url ?? "") ?? sendUnknown;
    place(response, request.method !== "HEAD");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    image: `${host}/small:1`,
    digest,
    forgedDigest,
    holdLastLayer() {
      const freed = Promise.withResolvers<void>();
      isFree = freed.promise;
      return freed.resolve;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function sendUnknown(response: ServerResponse): void {
  response.writeHead(404, { "content-type": "application/json" });
  response.end(JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] }));
}

interface Held {
  /** Bytes before it. */
  readonly at: number;
  readonly isFree: Promise<void>;
}

async function sendSlowly(response: ServerResponse, bytes: Buffer, held: Held): Promise<void> {
  response.writeHead(200, { "content-length": bytes.byteLength });
  for (let at = 0; at < bytes.byteLength && !response.destroyed; at += PIECE_BYTES) {
    if (at >= held.at) await held.isFree;
    response.write(bytes.subarray(at, at + PIECE_BYTES));
    await wait(PIECE_MS);
  }
  response.end();
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A tar archive with one file. */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\x000000000\x000000000\0", 100);
  header.write(`${content.byteLength.toString(8).padStart(11, "0")} 00000000000 `, 124);
  header.write("        0", 148);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.byteLength % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}
