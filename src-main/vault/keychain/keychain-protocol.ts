/** What the core asks of the keychain's process: one JSON line each, over its standard input. */
export interface KeychainRequest {
  readonly id: number;
  readonly do: "get" | "set" | "delete";
  readonly account: string;
  readonly value?: string;
}

/** The answer, one JSON line over its standard output; `problem` when the keychain refused. */
export interface KeychainAnswer {
  readonly id: number;
  readonly value: string | null;
  readonly problem?: string;
}

/** Under which name the items stand in the keychain of the system. */
export const KEYCHAIN_SERVICE = "Pilothouse";
