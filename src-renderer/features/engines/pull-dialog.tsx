import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { engineObjectSchema } from "#contract/engine.ts";

interface PullDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onPull: (image: string) => void;
}

/** Asks which image to get from a registry. */
export function PullDialog({ isOpen, onClose, onPull }: PullDialogProps) {
  const { t } = useTranslation(["engines", "common"]);
  const [image, setImage] = useState("");
  const isSound = engineObjectSchema.safeParse(image).success;
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isSound) onPull(image);
  }
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("pull.title")}
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      <form onSubmit={submit} noValidate>
        <TextInput
          data-autofocus
          label={t("pull.image")}
          description={t("pull.hint")}
          placeholder="docker.io/library/alpine:3.22"
          value={image}
          error={image === "" || isSound ? undefined : t("pull.problem")}
          onChange={(event) => setImage(event.currentTarget.value.trim())}
        />
        <Group justify="flex-end" gap="sm" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("common:dialog.cancel")}
          </Button>
          <Button type="submit" disabled={!isSound}>
            {t("pull.submit")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
