import type { TFunction } from "i18next";
import { isErrorCode } from "#contract/errors.ts";
import type { RunReason } from "#contract/run.ts";
import { SECRET_STORES, VAULT_STATES } from "#contract/vault.ts";
import type { Language } from "../../locales/index.ts";
import { errorText, type Format, stepText } from "../../ui/index.ts";

export interface ReasonWords {
  readonly t: TFunction<"runs">;
  readonly format: Format;
  readonly language: Language;
}

/** Why a run is in its state, as one sentence. Does not compile while a reason has no text. */
export function reasonText({ code, details }: RunReason, { t, format, language }: ReasonWords): string {
  const number = (name: string) => Number(details[name] ?? 0);
  const text = (name: string) => String(details[name] ?? "");
  switch (code) {
    case "exited":
      return t("reason.exited", { exitCode: text("exitCode") });
    case "signalled":
      return t("reason.signalled", { signal: text("signal") });
    case "out-of-memory":
      return t("reason.out-of-memory", { limit: format.bytes(number("limitBytes")) });
    case "stopped-by-user":
      return t("reason.stopped-by-user");
    case "killed-by-user":
      return t("reason.killed-by-user");
    case "killed-after-grace":
      return t("reason.killed-after-grace", { grace: format.duration(number("graceMs")) });
    case "survivors":
      return t("reason.survivors", { pids: text("pids") });
    case "time-limit":
      return t("reason.time-limit", { limit: format.duration(number("timeoutMs")) });
    case "unhealthy":
      return t("reason.unhealthy", { count: number("failures"), problem: text("problem") });
    case "start-failed":
      return startFailedText({ code, details }, { t, format, language });
    case "waiting-to-restart":
      return t("reason.waiting-to-restart", { time: format.timeOfDay(number("atMs")) });
    case "supervisor-gone":
      return t("reason.supervisor-gone");
    case "host-restarted":
      return t("reason.host-restarted");
    case "core-gone-while-starting":
      return t("reason.core-gone-while-starting");
    case "preparing":
      return t("reason.preparing", {
        step: stepText(details["stepCode"], text("step"), { format, language }),
      });
    case "vault-unavailable":
      return vaultText(details, t);
  }
}

/** Which store is waited for and how it is, in the words of the status bar. */
function vaultText(details: RunReason["details"], t: TFunction<"runs">): string {
  const store = SECRET_STORES.find((each) => each === details["store"]) ?? "keychain";
  const state = VAULT_STATES.find((each) => each === details["state"]) ?? "locked";
  return t("reason.vault-unavailable", {
    store: t(`vault.store.${store}`),
    state: t(`vault.state.${state}`),
  });
}

/** The failure's own sentences, as anywhere else on the page. */
function startFailedText({ details }: RunReason, { t, language }: ReasonWords): string {
  const problem = String(details["problem"] ?? "");
  const code = details["code"];
  if (!isErrorCode(code)) return t("reason.start-failed", { what: problem });
  const { what, means } = errorText(language, { code, details, message: problem, path: "" });
  const sentence = what === means || means === "" ? what : `${what}. ${means}`;
  // The text around it ends the sentence.
  return t("reason.start-failed", { what: sentence.replace(/\.$/, "") });
}
