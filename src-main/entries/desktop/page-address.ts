/** The page's own scheme: a real origin, no port that others could reach, and no file of the disk. */
export const PAGE_SCHEME = "app";
const PAGE_HOST = "pilothouse";
/** As Electron reports it for a frame. Node's `URL.origin` is "null" for every scheme of our own. */
export const PAGE_ORIGIN = `${PAGE_SCHEME}://${PAGE_HOST}`;

/** Whether an address is one of the page's. Compares scheme and host, never `URL.origin`; see `PAGE_ORIGIN`. */
export function isPageAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${PAGE_SCHEME}:` && host === PAGE_HOST && username === "" && password === "";
}

/** The page at one of its own paths. */
export function pageAddress(path: string): string {
  return PAGE_ORIGIN + path;
}
