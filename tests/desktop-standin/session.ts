import { EventEmitter } from "node:events";
import { app } from "./app.ts";
import { note, onControl, strict } from "./control.ts";

type Handler = (request: Request) => Response | Promise<Response>;
type BeforeRequest = (
  details: { url: string; method: string },
  answer: (response: Electron.CallbackResponse) => void,
) => void;

const privileges = new Map<string, Electron.Privileges>();
const SUFFIX = "standin.invalid";

/**
 * Chromium itself cannot open a scheme of our own, so `app://host/x` is `https://host.app.standin.invalid/x`
 * there: a secure context with storage, as a standard and secure scheme is.
 */
export function toBrowser(address: string): string {
  const [, scheme = "", host = "", rest = ""] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(address) ?? [];
  const known = privileges.get(scheme);
  if (known === undefined) return address;
  if (known.standard !== true || known.secure !== true)
    throw new Error(`${scheme} is not standard and secure`);
  return `https://${host}.${scheme}.${SUFFIX}${rest === "" ? "/" : rest}`;
}

export function fromBrowser(address: string): string {
  const found = /^https:\/\/([^/?#]*)\.([a-z][a-z0-9+-]*)\.standin\.invalid(\/.*)?$/i.exec(address);
  const [, host = "", scheme = "", rest = "/"] = found ?? [];
  return found !== null && privileges.has(scheme) ? `${scheme}://${host}${rest}` : address;
}

/** As Electron gives it for a frame: schemes of our own have a real origin there. */
export function originOf(address: string): string {
  const found = /^([a-z][a-z0-9+-]*):\/\/([^/?#]*)/i.exec(address);
  if (found !== null && privileges.has(found[1] ?? "")) return found[0];
  return URL.canParse(address) ? new URL(address).origin : "null";
}

class Protocol
  implements Pick<Electron.Protocol, "handle" | "registerSchemesAsPrivileged" | "isProtocolHandled">
{
  readonly handlers = new Map<string, Handler>();

  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    app.mustNotBeReady("protocol.registerSchemesAsPrivileged()");
    for (const scheme of schemes) {
      note("protocol.registerScheme", { ...scheme });
      privileges.set(scheme.scheme, scheme.privileges ?? {});
    }
  }

  handle(scheme: string, handler: Handler): void {
    app.mustBeReady("protocol.handle()");
    if (this.handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    this.handlers.set(scheme, handler);
  }

  isProtocolHandled(scheme: string): boolean {
    return this.handlers.has(scheme);
  }
}

class WebRequest {
  before: BeforeRequest | null = null;

  onBeforeRequest(listener: BeforeRequest): void {
    this.before = listener;
  }
}

type PermissionRequest = Parameters<Electron.Session["setPermissionRequestHandler"]>[0];
type PermissionCheck = Parameters<Electron.Session["setPermissionCheckHandler"]>[0];

/** Without handlers everything is granted, as in Electron. */
class StandInSession
  extends EventEmitter
  implements
    Pick<
      Electron.Session,
      "setPermissionRequestHandler" | "setPermissionCheckHandler" | "setDevicePermissionHandler"
    >
{
  readonly webRequest = strict("webRequest", new WebRequest());
  #request: PermissionRequest = null;
  #check: PermissionCheck = null;
  #device: ((details: Electron.DevicePermissionHandlerHandlerDetails) => boolean) | null = null;

  setPermissionRequestHandler(handler: PermissionRequest): void {
    this.#request = handler;
  }

  setPermissionCheckHandler(handler: PermissionCheck): void {
    this.#check = handler;
  }

  setDevicePermissionHandler(
    handler: ((details: Electron.DevicePermissionHandlerHandlerDetails) => boolean) | null,
  ): void {
    this.#device = handler;
  }

  /** What a page would be told that asks for `permission`. */
  async ask(permission: string): Promise<{ request: boolean; check: boolean; device: boolean }> {
    const request = this.#request;
    const check = this.#check;
    const contents = {} as Electron.WebContents;
    return {
      request:
        request === null ||
        (await new Promise<boolean>((resolve) => {
          request(contents, permission as "media", resolve, { isMainFrame: true, requestingUrl: "" });
        })),
      check: check?.(contents, permission as "media", "", { isMainFrame: true }) ?? true,
      device: this.#device?.({} as Electron.DevicePermissionHandlerHandlerDetails) ?? true,
    };
  }

  isAllowed(url: string, method: string): Promise<boolean> {
    const { before } = this.webRequest;
    if (before === null) return Promise.resolve(true);
    return new Promise((resolve) => before({ url, method }, ({ cancel }) => resolve(cancel !== true)));
  }
}

export const defaultSession = new StandInSession();
const protocolOfSession = new Protocol();
export const protocol = strict("protocol", protocolOfSession);
const shownSession = strict("session", defaultSession);
onControl("session.ask", (permission) => defaultSession.ask(String(permission)));
onControl("session.isAllowed", (url) => defaultSession.isAllowed(String(url), "GET"));

export const session = {
  get defaultSession() {
    app.mustBeReady("session");
    return shownSession;
  },
};

/** The program's answer to a request of a page; null when the session refuses it or no handler is there. */
export async function answerRequest(address: string, method: string): Promise<Response | null> {
  if (!(await defaultSession.isAllowed(address, method))) return null;
  const handler = protocolOfSession.handlers.get(address.slice(0, address.indexOf(":")));
  if (handler === undefined) {
    if (/^https?:/.test(address)) note("network", { address });
    return null;
  }
  return await handler(new Request(address, { method }));
}
