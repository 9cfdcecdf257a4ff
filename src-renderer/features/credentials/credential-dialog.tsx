import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLiveCredentials } from "../../rpc/index.ts";
import { useDialogParam } from "../../workbench/index.ts";
import { EditForm, RotateForm } from "./change-dialogs.tsx";
import { ImportForm } from "./import-dialog.tsx";
import { SetForm } from "./set-dialog.tsx";

/** `?credential=new`, `new:NAME`, `import`, `rotate:NAME` or `edit:NAME`, over any screen. */
export function CredentialDialog() {
  const { t } = useTranslation(["credentials", "common"]);
  const dialog = useDialogParam("credential");
  const credentials = useLiveCredentials().data ?? [];
  const [act = "", name = ""] = (dialog.value ?? "").split(":", 2);
  const credential = credentials.find((each) => each.name === name);
  const titles: Readonly<Record<string, string>> = {
    new: t("form.title"),
    import: t("import.title"),
    rotate: t("rotate.title", { name }),
    edit: t("edit.title", { name }),
  };
  return (
    <Modal
      opened={titles[act] !== undefined}
      onClose={dialog.close}
      title={titles[act]}
      size="lg"
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      {act === "new" && <SetForm suggested={name} onClose={dialog.close} />}
      {act === "import" && <ImportForm onClose={dialog.close} />}
      {act === "rotate" && credential !== undefined && (
        <RotateForm key={name} credential={credential} onClose={dialog.close} />
      )}
      {act === "edit" && credential !== undefined && (
        <EditForm key={name} credential={credential} onClose={dialog.close} />
      )}
    </Modal>
  );
}
