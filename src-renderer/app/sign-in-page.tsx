import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { exchangeToken, findToken, type SessionDeps, type SignIn } from "../rpc/index.ts";
import { CommandLine } from "../ui/index.ts";
import classes from "./app.module.css";
import logo from "./icon.svg";

export type SignInReason = "no-session" | "link-spent" | "core-unreachable" | "session-ended";

const TEXT_KEYS = {
  "no-session": "signIn.noSession",
  "link-spent": "signIn.linkSpent",
  "core-unreachable": "signIn.unreachable",
  "session-ended": "signIn.sessionEnded",
} as const satisfies Record<SignInReason, string>;

export interface SignInPageProps {
  readonly reason: SignInReason;
  readonly sessionDeps: SessionDeps;
  readonly onSignIn: (result: SignIn) => void;
}

/** For a page without a session: says why, and how to get in. */
export function SignInPage({ reason, sessionDeps, onSignIn }: SignInPageProps) {
  const { t } = useTranslation();
  const [link, setLink] = useState("");
  const [isInvalid, setInvalid] = useState(false);
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const token = findToken(link.trim());
    if (token === null) {
      setInvalid(true);
      return;
    }
    setBusy(true);
    onSignIn(await exchangeToken(token, sessionDeps));
    setBusy(false);
    setLink("");
  }

  return (
    <main className={classes.center}>
      <div className={classes.card}>
        <h1>
          <img src={logo} alt="" className={classes.logo} />
          {t("signIn.title")}
        </h1>
        <p role="status">{t(TEXT_KEYS[reason])}</p>
        <div className={classes.label}>{t("signIn.howTo")}</div>
        <CommandLine command="pilothouse open" />
        <form onSubmit={(event) => void submit(event)}>
          <div className={classes.label}>{t("signIn.paste")}</div>
          <TextInput
            aria-label={t("signIn.pasteLabel")}
            placeholder="http://127.0.0.1:4711/#signin=…"
            value={link}
            error={isInvalid ? t("signIn.pasteInvalid") : undefined}
            onChange={(event) => {
              setLink(event.currentTarget.value);
              setInvalid(false);
            }}
          />
          <div className={classes.cardActions}>
            <Button type="submit" loading={isBusy}>
              {t("signIn.submit")}
            </Button>
          </div>
        </form>
      </div>
    </main>
  );
}
