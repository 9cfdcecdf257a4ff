import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "./copy-button.tsx";
import { errorText, failureReport, type ShownFailure } from "./error-text.ts";
import classes from "./parts.module.css";
import { useLanguage } from "./use-language.ts";

export interface ErrorPanelProps {
  readonly failure: ShownFailure;
  /** Offers to ask again. */
  readonly onRetry?: () => void;
  /** Smaller, for a place inside a form or a panel. */
  readonly isInline?: boolean;
}

/** The four parts of an error: what happened, what it means, what to do, details to copy. */
export function ErrorPanel({ failure, onRetry, isInline = false }: ErrorPanelProps) {
  const { t } = useTranslation();
  const text = errorText(useLanguage(), failure);
  return (
    <div className={classes.error} role="alert" data-inline={isInline || undefined}>
      <IconAlertTriangle size={isInline ? 16 : 20} className={classes.errorIcon} aria-hidden="true" />
      <div className={classes.errorText}>
        <strong>{text.what}</strong>
        <p>{text.means}</p>
        {text.do !== "" && <p>{text.do}</p>}
        <div className={classes.errorActions}>
          {onRetry !== undefined && <Button onClick={onRetry}>{t("error.retry")}</Button>}
          <CopyButton isText value={failureReport(failure)} label={t("error.copyDetails")} />
          <span className={classes.mono}>{failure.code}</span>
        </div>
      </div>
    </div>
  );
}
