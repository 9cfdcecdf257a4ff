import { Button, Tooltip } from "@mantine/core";
import { createContext, use } from "react";
import { useTranslation } from "react-i18next";
import type { ComposeAction, ComposeGroup, Container } from "#contract/engine.ts";
import { parts } from "../../ui/index.ts";
import css from "./engines.module.css";

export interface ComposeActs {
  readonly groups: readonly ComposeGroup[];
  readonly hasTool: boolean;
  readonly act: (project: string, action: ComposeAction) => void;
}

export const ComposeContext = createContext<ComposeActs | null>(null);

interface GroupHeadingProps {
  /** Compose project; empty for the containers of none. */
  readonly name: string;
  readonly containers: readonly Container[];
}

const ACTIONS: readonly ComposeAction[] = ["up", "update", "stop", "down"];

/** Heading of a compose project among the containers; it is steered as one from here. */
export function GroupHeading({ name, containers }: GroupHeadingProps) {
  const { t } = useTranslation("engines");
  const compose = use(ComposeContext);
  const running = containers.filter(({ state }) => state === "running").length;
  const group = compose?.groups.find(({ project }) => project === name);
  return (
    <>
      <strong>{name === "" ? t("group.none") : name}</strong>
      <span className={parts["dimmed"]}>{t("group.running", { running, count: containers.length })}</span>
      {compose !== null && group !== undefined && (
        <span className={css["groupActs"]}>
          {group.isSteerable ? (
            ACTIONS.map((action) => (
              <Button
                key={action}
                size="compact-xs"
                variant="default"
                aria-label={t(`compose.labels.${action}`, { project: name })}
                onClick={() => compose.act(name, action)}
              >
                {t(`compose.${action}`)}
              </Button>
            ))
          ) : (
            <NotSteerable group={group} hasTool={compose.hasTool} />
          )}
        </span>
      )}
    </>
  );
}

function NotSteerable({ group, hasTool }: { readonly group: ComposeGroup; readonly hasTool: boolean }) {
  const { t } = useTranslation("engines");
  const why =
    group.files.length === 0 ? t("compose.noFiles") : t("compose.fileGone", { file: group.files.join(", ") });
  const text = hasTool ? why : t("compose.noTool");
  return (
    <Tooltip label={`${text} ${t("compose.singly")}`} multiline w={360}>
      <span className={parts["dimmed"]}>{hasTool ? t("compose.notAsOne") : t("compose.noTool")}</span>
    </Tooltip>
  );
}
