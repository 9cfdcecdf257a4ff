import {
  type LogSink,
  type SetSink,
  SINK_FILE_DEFAULTS,
  type SinkKind,
  type SinkTarget,
  setSinkSchema,
} from "#contract/log-sink.ts";

/** What somebody has typed about a sink so far. */
export interface SinkDraft {
  readonly name: string;
  readonly kind: SinkKind;
  readonly folder: string;
  readonly maxMebibytes: string;
  readonly maxFiles: string;
  readonly url: string;
  /** Empty for none. */
  readonly credential: string;
  readonly tenant: string;
  /** `site=north, room=2`. */
  readonly labels: string;
  readonly agents: readonly string[];
  readonly isOn: boolean;
}

export type DraftField = "name" | "folder" | "maxMebibytes" | "maxFiles" | "url" | "tenant" | "labels";

const MEBIBYTE = 1024 ** 2;

const EMPTY: SinkDraft = {
  name: "",
  kind: "otlp",
  folder: "",
  maxMebibytes: String(SINK_FILE_DEFAULTS.maxFileBytes / MEBIBYTE),
  maxFiles: String(SINK_FILE_DEFAULTS.maxFiles),
  url: "",
  credential: "",
  tenant: "",
  labels: "",
  agents: [],
  isOn: true,
};

export function draftOf(sink: LogSink | null): SinkDraft {
  if (sink === null) return EMPTY;
  const { agents, isOn, name, target } = sink;
  return { ...EMPTY, name, isOn, agents: agents ?? [], kind: target.kind, ...draftOfTarget(target) };
}

function draftOfTarget(target: SinkTarget): Partial<SinkDraft> {
  switch (target.kind) {
    case "file":
      return {
        folder: target.folder,
        maxMebibytes: String(target.maxFileBytes / MEBIBYTE),
        maxFiles: String(target.maxFiles),
      };
    case "loki":
      return {
        url: target.url,
        credential: target.credential ?? "",
        tenant: target.tenant ?? "",
        labels: Object.entries(target.labels)
          .map(([name, value]) => `${name}=${value}`)
          .join(", "),
      };
    case "otlp":
      return { url: target.url, credential: target.credential ?? "" };
  }
}

/** The request, or the fields that are not right yet. */
export function readDraft(
  draft: SinkDraft,
): { readonly request: SetSink } | { readonly wrong: readonly DraftField[] } {
  const labels = draft.kind === "loki" ? labelsIn(draft.labels) : {};
  const parsed = setSinkSchema.safeParse({
    name: draft.name.trim(),
    isOn: draft.isOn,
    agents: draft.agents.length === 0 ? null : draft.agents,
    target: targetOf(draft, labels ?? {}),
  });
  const wrong = new Set<DraftField>(labels === null ? ["labels"] : []);
  if (draft.kind !== "file" && !/^https?:\/\/[^/]/i.test(draft.url.trim())) wrong.add("url");
  for (const { path } of parsed.error?.issues ?? []) {
    const field = FIELDS.find(([key]) => path.includes(key));
    if (field !== undefined) wrong.add(field[1]);
  }
  return parsed.success && wrong.size === 0 ? { request: parsed.data } : { wrong: [...wrong] };
}

const FIELDS = [
  ["name", "name"],
  ["folder", "folder"],
  ["maxFileBytes", "maxMebibytes"],
  ["maxFiles", "maxFiles"],
  ["url", "url"],
  ["tenant", "tenant"],
  ["labels", "labels"],
] as const satisfies readonly (readonly [string, DraftField])[];

function targetOf(draft: SinkDraft, labels: Readonly<Record<string, string>>): object {
  const { kind } = draft;
  if (kind === "file") {
    const maxFileBytes = Math.round(Number(draft.maxMebibytes) * MEBIBYTE);
    return { kind, folder: draft.folder.trim(), maxFileBytes, maxFiles: Number(draft.maxFiles) };
  }
  const url = draft.url.trim();
  const credential = draft.credential === "" ? null : draft.credential;
  if (kind === "otlp") return { kind, url, credential };
  const tenant = draft.tenant.trim();
  return { kind, url, credential, tenant: tenant === "" ? null : tenant, labels };
}

/** Null when the text is no list of `name=value`. */
function labelsIn(text: string): Readonly<Record<string, string>> | null {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const pairs = parts.map((part): [string, string] => {
    const at = part.indexOf("=");
    return [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()];
  });
  return pairs.every(([name]) => name !== "") ? Object.fromEntries(pairs) : null;
}
