import { isIP } from "node:net";
import type { NetworkSettings } from "#contract/network.ts";

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 80;

/** The proxy through which `host` is reached; null when it is reached directly. */
export function proxyFor(
  host: string,
  { proxy, proxyExceptions }: Pick<NetworkSettings, "proxy" | "proxyExceptions">,
): HostPort | null {
  if (proxy === "" || isThisComputer(host) || proxyExceptions.some((each) => covers(each, host))) return null;
  const { hostname, port } = new URL(proxy);
  return { host: withoutBrackets(hostname), port: port === "" ? DEFAULT_PORT : Number(port) };
}

function isThisComputer(host: string): boolean {
  const plain = withoutBrackets(host).toLowerCase();
  return plain === "localhost" || plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}

/** An exception with a dot before it covers a domain and everything below it. */
function covers(exception: string, host: string): boolean {
  const [named, plain] = [exception.toLowerCase(), withoutBrackets(host).toLowerCase()];
  return named.startsWith(".") ? `.${plain}`.endsWith(named) : plain === named;
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
