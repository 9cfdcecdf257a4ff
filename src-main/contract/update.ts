import type { WireError } from "./errors.ts";

/**
 * What can be done with a newer version here.
 *
 * - `install`: the program puts it in place itself and starts anew
 * - `open`: it is opened, and a person puts it in place (macOS)
 * - `notify`: something else installs programs here, such as a package manager; nothing is fetched
 */
export type UpdateWay = "install" | "open" | "notify";

/** Where the search for newer versions stands. */
export type UpdateState =
  /** This build or this entry looks for none. */
  | { readonly kind: "off" }
  /** `checkedAtMs` is null until the first answer that could be trusted. */
  | { readonly kind: "current"; readonly checkedAtMs: number | null }
  | { readonly kind: "checking" }
  | { readonly kind: "available"; readonly version: string; readonly way: UpdateWay }
  | {
      readonly kind: "downloading";
      readonly version: string;
      readonly doneBytes: number;
      readonly sizeBytes: number;
    }
  /** Fetched, and what was fetched is what was signed. */
  | { readonly kind: "ready"; readonly version: string; readonly way: UpdateWay }
  /** What was there before stays as it is. `version` is the one that could not be had, if one was found. */
  | { readonly kind: "failed"; readonly error: WireError; readonly version: string | null };
