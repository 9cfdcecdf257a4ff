import { Button, Modal, MultiSelect, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type LogSink, type SetSink, SINK_KINDS, sinkKindSchema } from "#contract/log-sink.ts";
import { keys, useCommand, useLiveAgents, useLiveCredentials, useRpc } from "../../rpc/index.ts";
import { ErrorPanel } from "../../ui/index.ts";
import { showDone } from "../../workbench/index.ts";
import { type DraftField, draftOf, readDraft, type SinkDraft } from "./sink-draft.ts";
import classes from "./sinks.module.css";

interface SinkDialogProps {
  /** The one to change, `new` for another one, null for none. */
  readonly edited: LogSink | "new" | null;
  readonly onClose: () => void;
}

export function SinkDialog({ edited, onClose }: SinkDialogProps) {
  const { t } = useTranslation(["settings", "common"]);
  const sink = edited === "new" ? null : edited;
  return (
    <Modal
      opened={edited !== null}
      onClose={onClose}
      title={sink === null ? t("sinks.add") : t("sinks.edit", { name: sink.name })}
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      {edited !== null && <SinkForm sink={sink} onClose={onClose} />}
    </Modal>
  );
}

function SinkForm({ sink, onClose }: { readonly sink: LogSink | null; readonly onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const rpc = useRpc();
  const cache = useQueryClient();
  const agents = useLiveAgents().data ?? [];
  const [draft, setDraft] = useState(() => draftOf(sink));
  const [isSent, setSent] = useState(false);
  const read = readDraft(draft);
  const wrong = isSent && "wrong" in read ? read.wrong : [];
  const change = (part: Partial<SinkDraft>) => setDraft((before) => ({ ...before, ...part }));
  const set = useCommand((request: SetSink) => rpc.sinks.set.mutate(request), {
    onDone: ({ name }) => {
      void cache.invalidateQueries({ queryKey: keys.sinks });
      showDone(t("sinks.saved", { name }));
      onClose();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    setSent(true);
    if ("request" in read) set.run(read.request);
  }
  return (
    <form className={classes["form"]} onSubmit={submit} autoComplete="off" noValidate>
      <TextInput
        label={t("sinks.name")}
        description={t("sinks.nameHint")}
        disabled={sink !== null}
        required
        data-autofocus={sink === null || undefined}
        spellCheck={false}
        value={draft.name}
        error={wrong.includes("name") ? t("sinks.wrong.name") : undefined}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <SegmentedControl
        fullWidth
        aria-label={t("sinks.kind")}
        data={SINK_KINDS.map((kind) => ({ value: kind, label: t(`sinks.kinds.${kind}`) }))}
        value={draft.kind}
        onChange={(kind) => change({ kind: sinkKindSchema.parse(kind) })}
      />
      {draft.kind === "file" ? (
        <FileFields draft={draft} wrong={wrong} onChange={change} />
      ) : (
        <ReceiverFields draft={draft} wrong={wrong} onChange={change} />
      )}
      <MultiSelect
        label={t("sinks.agents")}
        placeholder={draft.agents.length === 0 ? t("sinks.allAgents") : ""}
        data={[...new Set([...agents.map(({ name }) => name as string), ...draft.agents])]}
        value={[...draft.agents]}
        clearable
        onChange={(chosen) => change({ agents: chosen })}
      />
      <p className={classes["note"]}>{t("sinks.formNote")}</p>
      {set.failure !== null && <ErrorPanel failure={set.failure} isInline />}
      <div className={classes["foot"]}>
        <Button variant="default" onClick={onClose}>
          {t("common:dialog.cancel")}
        </Button>
        <Button type="submit" loading={set.isBusy}>
          {t("common:dialog.save")}
        </Button>
      </div>
    </form>
  );
}

interface FieldsProps {
  readonly draft: SinkDraft;
  readonly wrong: readonly DraftField[];
  readonly onChange: (part: Partial<SinkDraft>) => void;
}

function FileFields({ draft, wrong, onChange }: FieldsProps) {
  const { t } = useTranslation("settings");
  return (
    <>
      <TextInput
        label={t("sinks.folder")}
        description={t("sinks.folderHint")}
        required
        spellCheck={false}
        value={draft.folder}
        error={wrong.includes("folder") ? t("sinks.wrong.folder") : undefined}
        onChange={(event) => onChange({ folder: event.currentTarget.value })}
      />
      <div className={classes["pair"]}>
        <TextInput
          label={t("sinks.maxSize")}
          inputMode="numeric"
          rightSection={<span className={classes["unit"]}>{t("sinks.mebibytes")}</span>}
          rightSectionWidth={48}
          value={draft.maxMebibytes}
          error={wrong.includes("maxMebibytes") ? t("sinks.wrong.maxMebibytes") : undefined}
          onChange={(event) => onChange({ maxMebibytes: event.currentTarget.value })}
        />
        <TextInput
          label={t("sinks.maxFiles")}
          inputMode="numeric"
          value={draft.maxFiles}
          error={wrong.includes("maxFiles") ? t("sinks.wrong.maxFiles") : undefined}
          onChange={(event) => onChange({ maxFiles: event.currentTarget.value })}
        />
      </div>
    </>
  );
}

function ReceiverFields({ draft, wrong, onChange }: FieldsProps) {
  const { t } = useTranslation("settings");
  const credentials = useLiveCredentials().data ?? [];
  return (
    <>
      <TextInput
        label={t("sinks.url")}
        description={t(draft.kind === "loki" ? "sinks.urlHintLoki" : "sinks.urlHintOtlp")}
        required
        spellCheck={false}
        value={draft.url}
        error={wrong.includes("url") ? t("sinks.wrong.url") : undefined}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
      <Select
        label={t("sinks.credential")}
        description={t("sinks.credentialHint")}
        data={[
          { value: "", label: t("sinks.noCredential") },
          ...credentials.map(({ name }) => ({ value: name as string, label: name as string })),
        ]}
        value={draft.credential}
        allowDeselect={false}
        onChange={(chosen) => onChange({ credential: chosen ?? "" })}
      />
      {draft.kind === "loki" && (
        <div className={classes["pair"]}>
          <TextInput
            label={t("sinks.tenant")}
            spellCheck={false}
            value={draft.tenant}
            error={wrong.includes("tenant") ? t("sinks.wrong.tenant") : undefined}
            onChange={(event) => onChange({ tenant: event.currentTarget.value })}
          />
          <TextInput
            label={t("sinks.labels")}
            placeholder="site=north"
            spellCheck={false}
            value={draft.labels}
            error={wrong.includes("labels") ? t("sinks.wrong.labels") : undefined}
            onChange={(event) => onChange({ labels: event.currentTarget.value })}
          />
        </div>
      )}
    </>
  );
}
