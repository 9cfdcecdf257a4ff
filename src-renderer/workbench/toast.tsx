import { CloseButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { CopyButton, errorText, failureReport, type ShownFailure, useLanguage } from "../ui/index.ts";
import classes from "./toast.module.css";

const SHORT_MS = 4_000;

/** Says in passing that something was done. */
export function showDone(message: string): void {
  notifications.show({ message, autoClose: SHORT_MS, withCloseButton: false });
}

/** Shows a failure that has no place of its own on the page. Stays until it is closed; the same one only once. */
export function showFailure(failure: ShownFailure): void {
  const id = `${failure.code} ${failure.path}`;
  notifications.show({
    id,
    withCloseButton: false,
    color: "red",
    autoClose: false,
    withBorder: true,
    message: <FailureToast failure={failure} onClose={() => notifications.hide(id)} />,
  });
}

interface FailureToastProps {
  readonly failure: ShownFailure;
  readonly onClose: () => void;
}

function FailureToast({ failure, onClose }: FailureToastProps) {
  const { t } = useTranslation();
  const text = errorText(useLanguage(), failure);
  return (
    <div role="alert" className={classes.failure}>
      <strong>{text.what}</strong>
      <div>{text.means}</div>
      {text.do !== "" && <div>{text.do}</div>}
      <div className={classes.foot}>
        <code>{failure.code}</code>
        <CopyButton value={failureReport(failure)} label={t("error.copyDetails")} />
        <CloseButton size="sm" ml="auto" aria-label={t("dialog.close")} onClick={onClose} />
      </div>
    </div>
  );
}
