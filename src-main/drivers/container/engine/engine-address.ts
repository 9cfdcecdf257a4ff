import { AppError } from "#contract/errors.ts";

/** PEM texts of a connection with TLS. The engine's certificate is always checked. */
export interface TlsFiles {
  /** Where they lie. */
  readonly folder?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** How an engine is reached. */
export type EngineAddress =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls: TlsFiles | null }
  | { readonly kind: "ssh"; readonly user: string; readonly host: string; readonly port: number | null };

const PLAIN_PORT = 2375;
const TLS_PORT = 2376;
const NPIPE = /^npipe:\/\/(.+)$/;

/**
 * Reads `unix:///path`, `npipe:////./pipe/name`, `tcp://host:port`, `http(s)://…` and `ssh://user@host:port`.
 *
 * @throws AppError `usage.invalid` for anything else
 */
export function parseEngineAddress(text: string, tls: TlsFiles | null = null): EngineAddress {
  const pipe = NPIPE.exec(text)?.[1];
  if (pipe !== undefined) return { kind: "socket", path: pipe.replaceAll("/", "\\") };
  if (text.startsWith("unix://") && text.length > "unix://".length) {
    return { kind: "socket", path: text.slice("unix://".length) };
  }
  const url = URL.parse(text);
  if (url === null || url.hostname === "") throw invalid(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = url.port === "" ? null : Number(url.port);
  switch (url.protocol) {
    case "ssh:":
      // A name that begins with a dash would be an option of the ssh command.
      if (host.startsWith("-") || url.username.startsWith("-")) throw invalid(text);
      return { kind: "ssh", user: decodeURIComponent(url.username), host, port };
    case "tcp:":
    case "http:":
      return { kind: "tcp", host, port: port ?? (tls === null ? PLAIN_PORT : TLS_PORT), tls };
    case "https:":
      return { kind: "tcp", host, port: port ?? TLS_PORT, tls: tls ?? {} };
    default:
      throw invalid(text);
  }
}

/** Whether the engine shares the files of this computer. A socket that is forwarded from elsewhere looks local. */
export function isLocalAddress(address: EngineAddress): boolean {
  return address.kind === "socket";
}

function invalid(text: string): AppError {
  const details = {
    argument: "engine address",
    problem: text,
    expected: "unix://, npipe://, tcp:// or ssh://",
  };
  return new AppError("usage.invalid", `Not the address of a container engine: ${text}`, { details });
}
