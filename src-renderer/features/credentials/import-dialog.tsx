import { Autocomplete, Button, Checkbox, MultiSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportEnv } from "#contract/credential.ts";
import { type ImportShape, type PlannedImport, planImport, SHAPE_KINDS } from "#contract/env-plan.ts";
import { type AgentName, agentNameSchema } from "#contract/ids.ts";
import { toFailure, useCommand, useLiveAgents, useLiveCredentials, useRpc } from "../../rpc/index.ts";
import { ErrorPanel, parts } from "../../ui/index.ts";
import { showDone } from "../../workbench/index.ts";
import { VaultNotice } from "../vault/index.tsx";
import classes from "./credentials.module.css";

/** How long the typing rests before the file is looked at. */
const REST_MS = 300;

interface ImportDraft {
  readonly file: string;
  readonly shape: ImportShape;
  readonly name: string;
  /** Variables that are left where they are. */
  readonly left: ReadonlySet<string>;
  readonly allowed: readonly AgentName[];
  readonly removesFile: boolean;
}

const EMPTY: ImportDraft = {
  file: "",
  shape: "each",
  name: "",
  left: new Set(),
  allowed: [],
  removesFile: false,
};

/** Takes values from a `.env` file. The core reads them; the page sees names only. */
export function ImportForm({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(["credentials", "common"]);
  const rpc = useRpc();
  const agents = useLiveAgents().data ?? [];
  const credentials = useLiveCredentials().data ?? [];
  const [draft, setDraft] = useState(EMPTY);
  const [file] = useDebouncedValue(draft.file.trim(), REST_MS);
  const names = useQuery<readonly string[]>({
    queryKey: ["credentials", "env-names", file],
    queryFn: ({ signal }) => rpc.credentials.readEnvNames.query({ file }, { signal }),
    enabled: file !== "",
    staleTime: 0,
    retry: false,
  });
  const change = (part: Partial<ImportDraft>) => setDraft({ ...draft, ...part });
  const taken = (names.data ?? []).filter((name) => !draft.left.has(name));
  const plan = planImport(taken, draft, new Set(credentials.map(({ name }) => name)));
  const isReady = names.data !== undefined && plan !== null && plan.take.length > 0;
  const take = useCommand((request: ImportEnv) => rpc.credentials.importEnv.mutate(request), {
    onDone: ({ credentials: made, isFileRemoved }) => {
      showDone(t("done.imported", { count: made.length }));
      if (isFileRemoved) showDone(t("done.fileRemoved"));
      onClose();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!isReady) return;
    const { allowed, left, shape } = draft;
    const removesFile = draft.removesFile && left.size === 0;
    take.run({ file, take: plan.take, kind: SHAPE_KINDS[shape], allow: [...allowed], removesFile });
  }
  return (
    <form className={classes["form"]} onSubmit={submit} autoComplete="off">
      <VaultNotice />
      <Autocomplete
        label={t("import.file")}
        description={t("import.fileHint")}
        placeholder="/home/…/.env"
        data-autofocus
        spellCheck={false}
        data={agents.map((agent) => `${agent.folder}/.env`)}
        value={draft.file}
        onChange={(typed) => change({ file: typed, left: new Set() })}
      />
      {names.error !== null && file !== "" && <ErrorPanel failure={toFailure(names.error)} isInline />}
      {names.data?.length === 0 && <p className={classes["note"]}>{t("import.nothing")}</p>}
      {names.data !== undefined && names.data.length > 0 && (
        <>
          <SegmentedControl
            aria-label={t("import.shape")}
            data={(["each", "together"] as const).map((shape) => ({
              value: shape,
              label: t(`import.${shape}`),
            }))}
            value={draft.shape}
            onChange={(value) => change({ shape: value === "together" ? "together" : "each" })}
          />
          {draft.shape === "together" && (
            <TextInput
              label={t("list.name")}
              description={t("form.nameHint")}
              spellCheck={false}
              required
              value={draft.name}
              error={draft.name !== "" && plan === null ? t("form.name.pattern") : undefined}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
          )}
          <Preview names={names.data} plan={plan} left={draft.left} onLeft={(left) => change({ left })} />
          <MultiSelect
            label={t("panel.allowed")}
            description={t("panel.allowedHint")}
            data={agents.map((agent) => agent.name)}
            value={[...draft.allowed]}
            onChange={(allowed) => change({ allowed: allowed.map((each) => agentNameSchema.parse(each)) })}
            searchable
          />
          <Checkbox
            label={t("import.removeFile")}
            description={t(draft.left.size > 0 ? "import.removeFileAll" : "import.removeFileHint")}
            disabled={draft.left.size > 0}
            checked={draft.removesFile && draft.left.size === 0}
            onChange={(event) => change({ removesFile: event.currentTarget.checked })}
          />
        </>
      )}
      {take.failure !== null && <ErrorPanel failure={take.failure} isInline />}
      <div className={classes["foot"]}>
        <Button variant="default" onClick={onClose}>
          {t("common:dialog.cancel")}
        </Button>
        <Button type="submit" loading={take.isBusy} disabled={!isReady}>
          {t("import.submit", { count: taken.length })}
        </Button>
      </div>
    </form>
  );
}

interface PreviewProps {
  readonly names: readonly string[];
  readonly plan: PlannedImport | null;
  readonly left: ReadonlySet<string>;
  readonly onLeft: (left: ReadonlySet<string>) => void;
}

/** What would become of each variable, before anything is done. */
function Preview({ names, plan, left, onLeft }: PreviewProps) {
  const { t } = useTranslation("credentials");
  function toggle(name: string): void {
    const next = new Set(left);
    if (!next.delete(name)) next.add(name);
    onLeft(next);
  }
  return (
    <section>
      <h3>{t("import.preview")}</h3>
      <ul className={classes["preview"]}>
        {names.map((name) => {
          const planned = plan?.take.find((each) => each.variable === name);
          return (
            <li key={name}>
              <Checkbox label={name} checked={!left.has(name)} onChange={() => toggle(name)} />
              {planned !== undefined && (
                <span className={parts["dimmed"]}>
                  → {planned.name} · {planned.field}
                </span>
              )}
            </li>
          );
        })}
      </ul>
      {plan !== null && plan.replaced.length > 0 && (
        <p className={classes["waiting"]}>
          {t("import.replaces", { count: plan.replaced.length, names: plan.replaced.join(", ") })}
        </p>
      )}
    </section>
  );
}
