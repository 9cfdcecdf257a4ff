import { z } from "zod";

/** Packages of which the program knows how to put a newer one in place. */
export const UPDATE_KINDS = ["appimage", "nsis", "dmg"] as const;
export type UpdateKind = (typeof UPDATE_KINDS)[number];

/** Who may say what the newest version is. It is part of the program, so that nothing at run time can change it. */
export const updateSourceSchema = z
  .object({
    /** Folder that holds the manifest and the files; null for a build that looks for no updates. */
    feed: z.string().nullable(),
    /** Ed25519 public keys, 32 bytes each as base64. Two while one takes the other's place. */
    keys: z.array(z.base64().length(44)).max(4),
  })
  .refine(({ feed, keys }) => feed === null || (keys.length > 0 && isFeedAddress(feed)), {
    error: "a feed needs a key, and an https address that ends with a slash",
  });
export type UpdateSource = z.infer<typeof updateSourceSchema>;

/** Plain http only within this computer, where no one else can listen. */
function isFeedAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { hash, hostname, pathname, protocol, search } = new URL(address);
  const isSafe = protocol === "https:" || (protocol === "http:" && hostname === "127.0.0.1");
  return isSafe && pathname.endsWith("/") && search === "" && hash === "";
}
