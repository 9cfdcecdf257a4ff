export const LINK_SCHEME = "pilothouse";

/** Places a link may open. No query, no fragment: a link shows a screen and never fills in or does anything. */
const VIEW =
  /^\/(?:bridge|settings|(?:agents|targets)(?:\/[a-z0-9][a-z0-9-]{0,62})?|runs(?:\/[a-z0-9]{4,32})?)$/;

/** The page's path for `pilothouse://runs/…` and the like; null for whatever is not exactly one of them. */
export function pathOfLink(link: string): string | null {
  const start = `${LINK_SCHEME}://`;
  if (!link.startsWith(start)) return null;
  // Some systems add a slash to a link without a path. Not parsed as a URL, which would tidy up what is not plain.
  const path = `/${link.slice(start.length)}`.replace(/\/$/, "");
  return VIEW.test(path) ? path : null;
}

/** The link among the arguments of a start, if there is one. */
export function findLink(argv: readonly string[]): string | null {
  return argv.find((word) => word.startsWith(`${LINK_SCHEME}:`)) ?? null;
}
