import { Button } from "@mantine/core";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../ui/index.ts";
import classes from "./app.module.css";

interface BoundaryState {
  readonly report: string | null;
}

export interface ErrorBoundaryProps {
  readonly children: ReactNode;
  /** A new value gives the part another try, e.g. the address. */
  readonly resetKey?: string;
}

/** A part of the page that breaks says so in its own place; the rest goes on. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, BoundaryState> {
  override state: BoundaryState = { report: null };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { report: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo): void {
    this.setState(({ report }) => ({ report: `${report ?? ""}${info.componentStack ?? ""}` }));
  }

  override componentDidUpdate(previous: ErrorBoundaryProps): void {
    if (previous.resetKey !== this.props.resetKey && this.state.report !== null)
      this.setState({ report: null });
  }

  override render(): ReactNode {
    return this.state.report === null ? this.props.children : <Broken report={this.state.report} />;
  }
}

function Broken({ report }: { readonly report: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes.card} role="alert">
      <h1>{t("error.pageTitle")}</h1>
      <p>{t("error.pageMeans")}</p>
      <p>{t("error.pageDo")}</p>
      <div className={classes.cardActions}>
        <Button onClick={() => window.location.reload()}>{t("error.reload")}</Button>
        <CopyButton isText value={report} label={t("error.copyDetails")} />
      </div>
    </div>
  );
}
