import { Button, MultiSelect, Select, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import {
  CREDENTIAL_KINDS,
  type CredentialChange,
  type CredentialKind,
  credentialKindSchema,
  credentialNameSchema,
} from "#contract/credential.ts";
import { agentNameSchema } from "#contract/ids.ts";
import { useLiveAgents, useLiveCredentials, useRpc, useSecretCommand } from "../../rpc/index.ts";
import { ErrorPanel } from "../../ui/index.ts";
import { paths, showDone } from "../../workbench/index.ts";
import { VaultNotice } from "../vault/index.tsx";
import classes from "./credentials.module.css";
import {
  endOfDay,
  fieldProblems,
  fieldsOf,
  isFieldName,
  nameProblem,
  type ValueLook,
} from "./field-check.ts";
import { clearSecrets, readSecrets, SecretFields } from "./secret-fields.tsx";
import { useWarn } from "./use-warn.ts";

/** What was typed, without any value. */
interface SetDraft {
  readonly kind: CredentialKind;
  readonly name: string;
  readonly label: string;
  readonly expires: string;
  readonly allowed: readonly string[];
  readonly freeNames: readonly string[];
}

const EMPTY: SetDraft = {
  kind: "token",
  name: "",
  label: "",
  expires: "",
  allowed: [],
  freeNames: ["value"],
};

/** Makes a credential. Values go from the fields straight to the core. */
export function SetForm({
  suggested,
  onClose,
}: {
  readonly suggested: string;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation(["credentials", "common"]);
  const rpc = useRpc();
  const [, navigate] = useLocation();
  const warn = useWarn();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<SetDraft>({ ...EMPTY, name: suggested });
  const [looks, setLooks] = useState<Readonly<Record<string, ValueLook>>>({});
  const [isSent, setSent] = useState(false);
  const credentials = useLiveCredentials().data ?? [];
  const agents = useLiveAgents().data ?? [];
  const change = (part: Partial<SetDraft>) => setDraft({ ...draft, ...part });

  const fields = fieldsOf(draft.kind, draft.freeNames);
  const problems = fieldProblems(fields, looks);
  const ofName = nameProblem(draft.name, new Set(credentials.map(({ name }) => name)));
  const shownName = isSent || (ofName !== "missing" && ofName !== null) ? ofName : null;
  const create = useSecretCommand<CredentialChange>(({ credential, warnings }) => {
    if (form.current !== null) clearSecrets(form.current);
    showDone(t("done.created", { name: credential.name }));
    warn(warnings);
    navigate(paths.credential(credential.name));
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setSent(true);
    const name = credentialNameSchema.safeParse(draft.name);
    if (form.current === null || ofName !== null || !name.success) return;
    if (Object.keys(problems).length > 0) return;
    const values = readSecrets(form.current);
    create.run(() =>
      rpc.credentials.set.mutate({
        name: name.data,
        kind: draft.kind,
        label: draft.label.trim(),
        fields: values,
        allow: draft.allowed.map((each) => agentNameSchema.parse(each)),
        expiresAtMs: endOfDay(draft.expires),
      }),
    );
  }

  return (
    <form ref={form} className={classes["form"]} onSubmit={submit} autoComplete="off" noValidate>
      <VaultNotice />
      <Select
        label={t("list.kind")}
        data={CREDENTIAL_KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
        value={draft.kind}
        onChange={(value) => {
          const kind = credentialKindSchema.safeParse(value);
          if (!kind.success) return;
          setLooks({});
          change({ kind: kind.data });
        }}
      />
      <TextInput
        label={t("list.name")}
        description={t("form.nameHint")}
        data-autofocus
        spellCheck={false}
        autoComplete="off"
        required
        value={draft.name}
        error={shownName === null ? undefined : t(`form.name.${shownName}`)}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <SecretFields
        key={draft.kind}
        fields={fields}
        looks={looks}
        problems={isSent ? problems : onlyLong(problems)}
        onLook={(field, look) => setLooks((known) => ({ ...known, [field]: look }))}
      />
      {draft.kind === "free" && (
        <AddField
          names={draft.freeNames}
          onAdd={(name) => change({ freeNames: [...draft.freeNames, name] })}
        />
      )}
      <TextInput
        label={t("form.label")}
        description={t("form.labelHint")}
        autoComplete="off"
        value={draft.label}
        maxLength={200}
        onChange={(event) => change({ label: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t("form.expires")}
        description={t("form.expiresHint")}
        value={draft.expires}
        onChange={(event) => change({ expires: event.currentTarget.value })}
      />
      <MultiSelect
        label={t("panel.allowed")}
        description={t("panel.allowedHint")}
        data={agents.map((agent) => agent.name)}
        value={[...draft.allowed]}
        onChange={(allowed) => change({ allowed })}
        searchable
      />
      <p className={classes["note"]}>{t("panel.masking")}</p>
      {create.failure !== null && <ErrorPanel failure={create.failure} isInline />}
      <div className={classes["foot"]}>
        <Button variant="default" onClick={onClose}>
          {t("common:dialog.cancel")}
        </Button>
        <Button type="submit" loading={create.isBusy}>
          {t("act.create")}
        </Button>
      </div>
    </form>
  );
}

function onlyLong<T extends string>(problems: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem === "long"));
}

interface AddFieldProps {
  readonly names: readonly string[];
  readonly onAdd: (name: string) => void;
}

/** Another field of a free-form credential. */
function AddField({ names, onAdd }: AddFieldProps) {
  const { t } = useTranslation("credentials");
  const [name, setName] = useState("");
  const isGood = isFieldName(name) && !names.includes(name);
  const add = () => {
    if (!isGood) return;
    onAdd(name);
    setName("");
  };
  return (
    <div className={classes["addField"]}>
      <TextInput
        label={t("form.addField")}
        autoComplete="off"
        spellCheck={false}
        value={name}
        error={name !== "" && !isGood ? t("form.fieldName") : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add();
        }}
      />
      <Button variant="default" leftSection={<IconPlus size={14} />} disabled={!isGood} onClick={add}>
        {t("form.add")}
      </Button>
    </div>
  );
}
