/**
 * A sentence of the core as a code with facts. Its English text travels beside it for the command line; the
 * window makes its own from the code. A fact whose name ends with `Bytes` is a size, with `Ms` a duration.
 */
export interface Phrase<Code extends string> {
  readonly code: Code;
  readonly details: PhraseDetails;
}

export type PhraseDetails = Readonly<Record<string, string | number | boolean>>;

/** What the doctor may find. The second half, `DOCTOR_TROUBLES`, comes with advice. */
export const DOCTOR_COMFORTS = [
  "system",
  "folder-writable",
  "space-enough",
  "database-answers",
  "sqlite-fine",
  "recovery-none",
  "runtime-found",
  "python-found",
  "browser-found",
  "limits-enforced",
  "clock-even",
  "orphans-none",
] as const;
export const DOCTOR_TROUBLES = [
  "space-little",
  "space-none",
  "sqlite-old",
  "recovery-restored",
  "runtime-missing",
  "python-missing",
  "browser-missing",
  "limits-none",
  "limits-refused",
  "clock-forward",
  "clock-back",
  "orphans-found",
  /** The check itself broke: details.code (an ErrorCode, or empty) and details.problem. */
  "check-failed",
] as const;
export type DoctorTroubleCode = (typeof DOCTOR_TROUBLES)[number];
export type DoctorFindingCode = (typeof DOCTOR_COMFORTS)[number] | DoctorTroubleCode;

/** How a limit of a run is enforced, or why it is not. */
export const LIMIT_MEANS = [
  "control-group",
  "no-control-groups",
  "no-controller",
  "control-group-refused",
  "pilothouse-clock",
] as const;
export type LimitMeansCode = (typeof LIMIT_MEANS)[number];

/** What is done before a run begins; the English text is what the command line shows. */
export const PREPARE_STEPS = {
  "copying-folder": "copying the agent's folder",
  "making-ready": "making the agent ready",
  "creating-python": "making a Python environment",
  "installing-python": "installing Python packages",
  "installing-node": "installing Node packages",
} as const;
export type PrepareStepCode = keyof typeof PREPARE_STEPS;

/** Remarks in the history of a run. */
export const RUN_NOTES = ["log-not-written", "run-lost-sight", "image-refused", "secret-unmasked"] as const;
export type RunNoteCode = (typeof RUN_NOTES)[number];

/** Kinds of faults of a manifest. What the details name stands in the texts of the window. */
export const MANIFEST_FAULTS = [
  "unknown-key",
  "bad-name",
  "wrong-value",
  "empty",
  "incomplete",
  "missing",
  "out-of-range",
  "backoff-turned",
  "address-part",
  "no-address",
  "outside-folder",
  "own-variable",
  "variable-twice",
  "inputs-no-mapping",
  "unknown-keyword",
  "foreign-reference",
  "unknown-dialect",
  "schema-invalid",
  "schema-rule",
  "tab-indent",
  "bad-indent",
  "nested-key",
  "lines-in-brackets",
  "no-key",
  "long-key",
  "second-document",
  "bad-escape",
  "bad-start",
  "loose-alias",
  "unknown-tag",
  "too-nested",
  "bad-directive",
  "open-quote",
  "missing-space",
  "unfitting-line",
  "not-yaml",
  "too-large",
  "not-utf8",
  "utf16",
  "empty-file",
  "complex-key",
  "second-key",
  "not-a-file",
  "not-readable",
  "file-missing",
  "renamed",
] as const;
export type ManifestFaultCode = (typeof MANIFEST_FAULTS)[number];

/** Details `found` of a fault: what stands there. Details `value` shows it. */
export const FOUND_KINDS = [
  "nothing",
  "empty-value",
  "list",
  "mapping",
  "text",
  "truth",
  "number",
  "characters",
] as const;
export type FoundKind = (typeof FOUND_KINDS)[number];

/** Details `want` of a fault: what would be right. Details `wanted` fills it in. */
export const WANT_KINDS = [
  /** Exactly as written. */
  "literal",
  "one-of",
  "text",
  "quoted-text",
  "number",
  "whole-number",
  "truth",
  "list",
  "command-list",
  "mapping",
  "mapping-with",
  "another-value",
  "at-least",
  "at-most",
  "more-than",
  "less-than",
  "at-least-characters",
  "at-most-characters",
  "at-least-entries",
  "at-most-entries",
  "duration-range",
  "duration-pair",
  "size",
  "duration",
  "variable-name",
  "agent-name",
  "backoff",
  "container-user",
  "image-or-build",
  "env-or-file",
  "one-check",
  "one-runtime",
] as const;
export type WantKind = (typeof WANT_KINDS)[number];
