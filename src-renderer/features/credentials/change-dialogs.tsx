import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type ChangeCredential,
  type Credential,
  type CredentialChange,
  KIND_FIELDS,
  type KindField,
} from "#contract/credential.ts";
import { useCommand, useRpc, useSecretCommand } from "../../rpc/index.ts";
import { ErrorPanel } from "../../ui/index.ts";
import { showDone } from "../../workbench/index.ts";
import { VaultNotice } from "../vault/index.tsx";
import classes from "./credentials.module.css";
import { dayOf, endOfDay, fieldProblems, freeField, type ValueLook } from "./field-check.ts";
import { clearSecrets, readSecrets, SecretFields } from "./secret-fields.tsx";
import { useWarn } from "./use-warn.ts";

export interface ChangeFormProps {
  readonly credential: Credential;
  readonly onClose: () => void;
}

/** The fields that are set; none has to be filled in, because what stays empty stays as it is. */
function fieldsToRotate({ kind, fields }: Credential): readonly KindField[] {
  return fields.map(({ name }) => {
    const known = KIND_FIELDS[kind].find((field) => field.name === name);
    return { ...(known ?? freeField(name)), isRequired: false };
  });
}

/** Replaces values. The old ones hold until the new ones are stored. */
export function RotateForm({ credential, onClose }: ChangeFormProps) {
  const { t } = useTranslation(["credentials", "common"]);
  const rpc = useRpc();
  const warn = useWarn();
  const form = useRef<HTMLFormElement>(null);
  const [looks, setLooks] = useState<Readonly<Record<string, ValueLook>>>({});
  const [expires, setExpires] = useState(dayOf(credential.expiresAtMs));
  const fields = fieldsToRotate(credential);
  const problems = fieldProblems(fields, looks);
  const isFilled = Object.values(looks).some((look) => look !== "empty");
  const rotate = useSecretCommand<CredentialChange>(({ warnings }) => {
    if (form.current !== null) clearSecrets(form.current);
    showDone(t("done.rotated", { name: credential.name }));
    warn(warnings);
    onClose();
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (form.current === null || !isFilled || Object.keys(problems).length > 0) return;
    const values = readSecrets(form.current);
    const { name } = credential;
    const hasNewDay = expires !== dayOf(credential.expiresAtMs);
    const expiry = hasNewDay ? { expiresAtMs: endOfDay(expires) } : {};
    rotate.run(() => rpc.credentials.rotate.mutate({ name, fields: values, ...expiry }));
  }
  return (
    <form ref={form} className={classes["form"]} onSubmit={submit} autoComplete="off" noValidate>
      <VaultNotice />
      <p className={classes["note"]}>{t("rotate.hint")}</p>
      <SecretFields
        fields={fields}
        looks={looks}
        problems={problems}
        isFocused
        onLook={(field, look) => setLooks((known) => ({ ...known, [field]: look }))}
      />
      <TextInput
        type="date"
        label={t("form.expires")}
        value={expires}
        onChange={(event) => setExpires(event.currentTarget.value)}
      />
      {rotate.failure !== null && <ErrorPanel failure={rotate.failure} isInline />}
      <div className={classes["foot"]}>
        <Button variant="default" onClick={onClose}>
          {t("common:dialog.cancel")}
        </Button>
        <Button type="submit" loading={rotate.isBusy} disabled={!isFilled}>
          {t("rotate.submit")}
        </Button>
      </div>
    </form>
  );
}

/** Changes what is no value: label and expiry. */
export function EditForm({ credential, onClose }: ChangeFormProps) {
  const { t } = useTranslation(["credentials", "common"]);
  const rpc = useRpc();
  const [label, setLabel] = useState(credential.label);
  const [expires, setExpires] = useState(dayOf(credential.expiresAtMs));
  const change = useCommand((request: ChangeCredential) => rpc.credentials.change.mutate(request), {
    onDone: onClose,
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    change.run({ name: credential.name, label: label.trim(), expiresAtMs: endOfDay(expires) });
  }
  return (
    <form className={classes["form"]} onSubmit={submit} autoComplete="off">
      <TextInput
        label={t("form.label")}
        description={t("form.labelHint")}
        data-autofocus
        maxLength={200}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label={t("form.expires")}
        description={t("form.expiresHint")}
        value={expires}
        onChange={(event) => setExpires(event.currentTarget.value)}
      />
      {change.failure !== null && <ErrorPanel failure={change.failure} isInline />}
      <div className={classes["foot"]}>
        <Button variant="default" onClick={onClose}>
          {t("common:dialog.cancel")}
        </Button>
        <Button type="submit" loading={change.isBusy}>
          {t("common:dialog.save")}
        </Button>
      </div>
    </form>
  );
}
