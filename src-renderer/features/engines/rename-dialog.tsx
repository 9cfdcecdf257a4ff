import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Container, EngineId } from "#contract/engine.ts";
import { useCommand, useRpc } from "../../rpc/index.ts";
import { ErrorPanel } from "../../ui/index.ts";
import { showDone } from "../../workbench/index.ts";

interface RenameDialogProps {
  readonly engine: EngineId;
  /** Open while there is one. */
  readonly container: Container | null;
  readonly onClose: () => void;
}

export function RenameDialog({ engine, container, onClose }: RenameDialogProps) {
  const { t } = useTranslation(["engines", "common"]);
  const [shown, setShown] = useState(container);
  if (container !== null && container !== shown) setShown(container);
  return (
    <Modal
      opened={container !== null}
      onClose={onClose}
      title={t("rename.title", { name: shown?.name ?? "" })}
      size="sm"
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      {shown !== null && <RenameForm key={shown.id} engine={engine} container={shown} onClose={onClose} />}
    </Modal>
  );
}

/** What engines accept as a name. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

interface RenameFormProps {
  readonly engine: EngineId;
  readonly container: Container;
  readonly onClose: () => void;
}

function RenameForm({ engine, container, onClose }: RenameFormProps) {
  const { t } = useTranslation(["engines", "common"]);
  const { containers } = useRpc().engines;
  const [name, setName] = useState(container.name);
  const isSound = NAME.test(name);
  const rename = useCommand(
    (next: string) => containers.rename.mutate({ engine, container: container.id, name: next }),
    {
      onDone: () => {
        showDone(t("rename.done", { name }));
        onClose();
      },
    },
  );
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isSound && name !== container.name) rename.run(name);
  }
  return (
    <form onSubmit={submit} noValidate>
      <TextInput
        data-autofocus
        label={t("rename.label")}
        value={name}
        error={isSound ? undefined : t("rename.problem")}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {rename.failure !== null && <ErrorPanel failure={rename.failure} isInline />}
      <Group justify="flex-end" gap="sm" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("common:dialog.cancel")}
        </Button>
        <Button type="submit" loading={rename.isBusy} disabled={!isSound || name === container.name}>
          {t("rename.submit")}
        </Button>
      </Group>
    </form>
  );
}
