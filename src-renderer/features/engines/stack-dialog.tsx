import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { actOnGroupSchema } from "#contract/engine.ts";
import css from "./engines.module.css";
import { projectOf } from "./project-of.ts";

interface StackDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onStart: (request: { readonly project: string; readonly file: string }) => void;
}

/** Asks for a compose file to start. */
export function StackDialog({ isOpen, onClose, onStart }: StackDialogProps) {
  const { t } = useTranslation(["engines", "common"]);
  const [file, setFile] = useState("");
  const [named, setNamed] = useState<string | null>(null);
  const project = named ?? projectOf(file);
  const isNameSound = actOnGroupSchema.shape.project.safeParse(project).success;
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isNameSound && file !== "") onStart({ project, file });
  }
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("stack.title")}
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      <form className={css["form"]} onSubmit={submit} noValidate>
        <TextInput
          data-autofocus
          label={t("stack.file")}
          placeholder="/home/me/shop/compose.yaml"
          value={file}
          onChange={(event) => setFile(event.currentTarget.value)}
        />
        <TextInput
          label={t("stack.project")}
          value={project}
          error={project === "" || isNameSound ? undefined : t("stack.problem")}
          onChange={(event) => setNamed(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:dialog.cancel")}
          </Button>
          <Button type="submit" disabled={!isNameSound || file === ""}>
            {t("stack.submit")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
