const ALLOWED: readonly string[] = ["https:", "http:", "mailto:"];

/**
 * What may be handed to another program of this computer: web and mail addresses without credentials, in the
 * spelling the parser gives them; null for everything else, e.g. `file:` and programs' own schemes.
 */
export function outsideAddress(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const isAllowed = ALLOWED.includes(url.protocol) && url.username === "" && url.password === "";
  return isAllowed ? url.href : null;
}
