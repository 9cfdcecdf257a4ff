import { Button, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { VaultStatus } from "#contract/vault.ts";
import { keys, useRpc, useSecretCommand } from "../../rpc/index.ts";
import { ErrorPanel, NO_AUTOFILL, useNow } from "../../ui/index.ts";
import { showDone } from "../../workbench/index.ts";
import classes from "./vault.module.css";
import { waitSeconds } from "./vault-view.ts";

/** As the core asks for it. */
const LEAST_CHARACTERS = 8;

/** Empties the fields of a form; what was typed stays nowhere. */
function clear(form: HTMLFormElement | null): void {
  // Through the property and not by reset(), which React does not see: the same text typed again would count as none.
  for (const input of form?.querySelectorAll("input") ?? []) input.value = "";
}

function typedIn(form: HTMLFormElement, name: string): string {
  const field = form.elements.namedItem(name);
  return field instanceof HTMLInputElement ? field.value : "";
}

/** Opens the passphrase vault. What is typed is held by the field alone and gone once it was sent. */
export function UnlockForm({ status }: { readonly status: VaultStatus }) {
  const { t } = useTranslation("vault");
  const rpc = useRpc();
  const form = useRef<HTMLFormElement>(null);
  const [isEmpty, setEmpty] = useState(true);
  const now = useNow(status.waitMs > 0);
  const seconds = waitSeconds(status, now);
  const unlock = useSecretCommand<VaultStatus>(() => showDone(t("done.unlocked")));
  const cache = useQueryClient();
  const { failure } = unlock;
  useEffect(() => {
    // How long to wait after a wrong passphrase stands in the status.
    if (failure !== null) void cache.invalidateQueries({ queryKey: keys.vault });
  }, [failure, cache]);
  useEffect(() => {
    const opened = form.current;
    opened?.querySelector("input")?.focus();
    return () => clear(opened);
  }, []);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (form.current === null || isEmpty || seconds > 0) return;
    const passphrase = typedIn(form.current, "passphrase");
    clear(form.current);
    setEmpty(true);
    unlock.run(() => rpc.vault.unlock.mutate({ store: "passphrase", passphrase }));
  }
  return (
    <form ref={form} className={classes["form"]} onSubmit={submit} noValidate>
      <PasswordInput
        name="passphrase"
        label={t("passphrase.label")}
        data-autofocus
        onChange={(event) => setEmpty(event.currentTarget.value === "")}
        {...NO_AUTOFILL}
      />
      {unlock.failure !== null && <ErrorPanel failure={unlock.failure} isInline />}
      {seconds > 0 && <p role="status">{t("passphrase.wait", { count: seconds })}</p>}
      <div className={classes["foot"]}>
        <Button type="submit" loading={unlock.isBusy} disabled={isEmpty || seconds > 0}>
          {t("act.unlock")}
        </Button>
      </div>
    </form>
  );
}

type PassphraseProblem = "short" | "different";

function passphraseProblem(passphrase: string, again: string): PassphraseProblem | null {
  if (passphrase.length < LEAST_CHARACTERS) return "short";
  return passphrase === again ? null : "different";
}

/** Makes the passphrase vault. Asked twice, because a mistyped passphrase cannot be got back. */
export function CreateForm() {
  const { t } = useTranslation("vault");
  const rpc = useRpc();
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<PassphraseProblem | null>(null);
  const create = useSecretCommand<VaultStatus>(() => showDone(t("done.created")));
  useEffect(() => {
    const opened = form.current;
    return () => clear(opened);
  }, []);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (form.current === null) return;
    const passphrase = typedIn(form.current, "passphrase");
    const found = passphraseProblem(passphrase, typedIn(form.current, "again"));
    setProblem(found);
    if (found !== null) return;
    clear(form.current);
    create.run(() => rpc.vault.create.mutate({ passphrase }));
  }
  return (
    <form ref={form} className={classes["form"]} onSubmit={submit} noValidate>
      <PasswordInput
        name="passphrase"
        label={t("passphrase.new")}
        description={t("passphrase.newHint", { count: LEAST_CHARACTERS })}
        error={problem === "short" && t("passphrase.short", { count: LEAST_CHARACTERS })}
        onChange={() => setProblem(null)}
        {...NO_AUTOFILL}
      />
      <PasswordInput
        name="again"
        label={t("passphrase.again")}
        error={problem === "different" && t("passphrase.different")}
        onChange={() => setProblem(null)}
        {...NO_AUTOFILL}
      />
      <p className={classes["warning"]}>{t("passphrase.lost")}</p>
      {create.failure !== null && <ErrorPanel failure={create.failure} isInline />}
      <div className={classes["foot"]}>
        <Button type="submit" loading={create.isBusy}>
          {t("act.create")}
        </Button>
      </div>
    </form>
  );
}
