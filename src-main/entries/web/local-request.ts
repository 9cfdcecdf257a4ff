import type { IncomingMessage } from "node:http";

/**
 * The controls between a foreign program or web page and the core. All are on in the product; the security
 * tests turn them off one by one, to see that each is what refuses its attack.
 */
export interface WebControls {
  /** Only names of this computer in Host, against DNS rebinding. */
  readonly checksHost: boolean;
  /** Only our own pages may open sockets, sign in, or read files where the browser names the page that asks. */
  readonly checksOrigin: boolean;
  /** Only whoever proves to hold a session's key may call the core. */
  readonly checksSession: boolean;
  /** A sign-in link works once, and not for ever. */
  readonly spendsLinks: boolean;
  /** A nonce works once, and for seconds. */
  readonly spendsNonces: boolean;
  /** Only nonces that this core made work, so that nobody can collect proofs for it in advance. */
  readonly sealsNonces: boolean;
  /** A proof is good under the one name of this computer that the page used. */
  readonly bindsHost: boolean;
  /** A session that was kept is good on the port it was made on. */
  readonly bindsPort: boolean;
  /** Only files that were listed at the start are served. */
  readonly servesListedFilesOnly: boolean;
  /** Requests and messages have a largest size. */
  readonly limitsSize: boolean;
  /** Sockets that do not sign in are closed. */
  readonly closesUnsigned: boolean;
}

export const ALL_CONTROLS: WebControls = {
  checksHost: true,
  checksOrigin: true,
  checksSession: true,
  spendsLinks: true,
  spendsNonces: true,
  sealsNonces: true,
  bindsHost: true,
  bindsPort: true,
  servesListedFilesOnly: true,
  limitsSize: true,
  closesUnsigned: true,
};

/** This computer's own names, with any port or none: an SSH forward changes the port. */
const LOCAL_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(?<port>[1-9][0-9]{0,4}))?$/;

/** Whether a request names this computer, in the one plain spelling that browsers use. */
export function isForThisComputer(request: IncomingMessage): boolean {
  const hosts = valuesOf(request, "host");
  const port = LOCAL_HOST.exec(hosts[0] ?? "")?.groups?.["port"] ?? "80";
  return (
    hosts.length === 1 &&
    LOCAL_HOST.test(hosts[0] ?? "") &&
    Number(port) <= 65_535 &&
    isOriginForm(request.url)
  );
}

/** Whether the page that sent the request was served by us, under the name it now calls us by. */
export function isFromOurPage(request: IncomingMessage): boolean {
  const origins = valuesOf(request, "origin");
  return origins.length === 1 && origins[0] === `http://${request.headers.host}`;
}

/** Whether a browser says that a page of another origin asks; for what an address typed by hand may ask for, too. */
export function isFromForeignPage(request: IncomingMessage): boolean {
  return valuesOf(request, "origin").length > 0 && !isFromOurPage(request);
}

/** `GET /path`, not `GET http://name/path`: a second name in a request is never ours. */
function isOriginForm(url: string | undefined): boolean {
  return url !== undefined && /^\/(?![/\\])/.test(url);
}

/** Every value of a header; Node keeps only the first of some. */
function valuesOf(request: IncomingMessage, name: string): string[] {
  return request.rawHeaders.filter(
    (_value, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === name,
  );
}
