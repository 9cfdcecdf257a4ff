import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type BuildImage, engineObjectSchema } from "#contract/engine.ts";
import css from "./engines.module.css";

type BuildWish = Omit<BuildImage, "engine">;

interface BuildDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onBuild: (wish: BuildWish) => void;
}

const FIELDS = ["folder", "dockerfile", "name"] as const;
const EXAMPLES: BuildWish = { folder: "/home/me/shop", dockerfile: "Dockerfile", name: "shop:dev" };

/** Asks what to build an image from. What was typed stays for the next time. */
export function BuildDialog({ isOpen, onClose, onBuild }: BuildDialogProps) {
  const { t } = useTranslation(["engines", "common"]);
  const [wish, setWish] = useState<BuildWish>({ folder: "", dockerfile: "Dockerfile", name: "" });
  const isNameSound = engineObjectSchema.safeParse(wish.name).success;
  const isSound = isNameSound && wish.folder !== "" && wish.dockerfile !== "";
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isSound) onBuild(wish);
  }
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("build.title")}
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      <form className={css["form"]} onSubmit={submit} noValidate>
        {FIELDS.map((field) => (
          <TextInput
            key={field}
            data-autofocus={field === "folder" || undefined}
            label={t(`build.${field}`)}
            description={field === "folder" ? t("build.folderHint") : undefined}
            placeholder={EXAMPLES[field]}
            value={wish[field]}
            error={field === "name" && wish.name !== "" && !isNameSound ? t("pull.problem") : undefined}
            onChange={(event) => setWish({ ...wish, [field]: event.currentTarget.value })}
          />
        ))}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:dialog.cancel")}
          </Button>
          <Button type="submit" disabled={!isSound}>
            {t("build.submit")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
