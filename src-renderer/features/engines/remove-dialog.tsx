import { Button, Checkbox, Group, Modal } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Container, RemoveContainer } from "#contract/engine.ts";
import { isLive } from "./container-rules.ts";
import css from "./engines.module.css";

export type RemoveOptions = Pick<RemoveContainer, "isForced" | "withVolumes">;

interface RemoveDialogProps {
  /** Open while there are some. */
  readonly containers: readonly Container[];
  readonly onClose: () => void;
  readonly onRemove: (options: RemoveOptions) => void;
}

/** Names that stand in the question; the rest is counted. */
const MOST_NAMED = 8;

/** Asks before containers are removed, and says what goes with them. */
export function RemoveDialog({ containers, onClose, onRemove }: RemoveDialogProps) {
  const { t } = useTranslation(["engines", "common"]);
  const [shown, setShown] = useState(containers);
  // What was asked stays readable while the dialog closes.
  if (containers.length > 0 && containers !== shown) setShown(containers);
  return (
    <Modal
      opened={containers.length > 0}
      onClose={onClose}
      title={
        shown.length === 1
          ? t("remove.titleOne", { name: shown[0]?.name ?? "" })
          : t("remove.title", { count: shown.length })
      }
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      <Question
        key={shown.map(({ id }) => id).join()}
        containers={shown}
        onClose={onClose}
        onRemove={onRemove}
      />
    </Modal>
  );
}

function Question({ containers, onClose, onRemove }: RemoveDialogProps) {
  const { t } = useTranslation(["engines", "common"]);
  const [withVolumes, setWithVolumes] = useState(false);
  const live = containers.filter(isLive);
  const names = containers
    .map(({ name }) => name)
    .sort()
    .slice(0, MOST_NAMED);
  const more = containers.length - names.length;
  return (
    <>
      {containers.length > 1 && (
        <p className={css["names"]}>
          {names.join(", ")}
          {more > 0 && ` ${t("remove.more", { count: more })}`}
        </p>
      )}
      <p className={css["paragraph"]}>{t("remove.text")}</p>
      {live.length > 0 && (
        <p className={css["warning"]}>
          {containers.length === 1 ? t("remove.liveOnly") : t("remove.live", { count: live.length })}
        </p>
      )}
      <Checkbox
        label={t("remove.withVolumes")}
        description={t("remove.withVolumesHint")}
        checked={withVolumes}
        onChange={(event) => setWithVolumes(event.currentTarget.checked)}
      />
      <Group justify="flex-end" gap="sm" mt="lg">
        <Button variant="default" data-autofocus onClick={onClose}>
          {t("common:dialog.cancel")}
        </Button>
        <Button
          color="red"
          onClick={() => {
            onRemove({ isForced: live.length > 0, withVolumes });
            onClose();
          }}
        >
          {t("remove.confirm")}
        </Button>
      </Group>
    </>
  );
}
