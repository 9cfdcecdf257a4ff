import { Modal, Tabs } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearchParams } from "wouter";
import type { Agent } from "#contract/agent.ts";
import { paths, showDone, useDialogParam } from "../../workbench/index.ts";
import { FolderTab } from "./add-folder-tab.tsx";
import { SamplesTab } from "./add-samples-tab.tsx";

/** Adds an agent from a folder or from the samples, over any screen: `?add=folder`, `?add=samples`. */
export function AddDialog() {
  const { t } = useTranslation(["agents", "common"]);
  const [, navigate] = useLocation();
  const dialog = useDialogParam("add");
  const [params] = useSearchParams();
  const dropped = params.get("folder") ?? "";
  const [folder, setFolder] = useState(dropped);
  const [lastDropped, setLastDropped] = useState(dropped);
  if (dropped !== lastDropped) {
    // A folder came from outside of the page, dropped on the window: it takes the place of what was typed.
    setLastDropped(dropped);
    if (dropped !== "") setFolder(dropped);
  }
  const onAdded = (agent: Agent) => {
    setFolder("");
    showDone(t("add.added", { agent: agent.name }));
    navigate(paths.agent(agent.name));
  };
  return (
    <Modal
      opened={dialog.value !== null}
      onClose={dialog.close}
      title={t("add.title")}
      size="lg"
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      <Tabs
        value={dialog.value === "samples" ? "samples" : "folder"}
        onChange={(tab) => dialog.open(tab ?? "folder")}
        keepMounted={false}
      >
        <Tabs.List mb="md" aria-label={t("add.title")}>
          <Tabs.Tab value="folder">{t("add.folderTab")}</Tabs.Tab>
          <Tabs.Tab value="samples">{t("add.samplesTab")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="folder">
          <FolderTab folder={folder} onFolder={setFolder} onAdded={onAdded} />
        </Tabs.Panel>
        <Tabs.Panel value="samples">
          <SamplesTab onAdded={onAdded} />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  );
}
