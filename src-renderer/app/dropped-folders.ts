import type { DesktopBridge } from "#contract/desktop-bridge.ts";

/** Calls `add` with the first thing dropped on the window. Whether it is an agent's folder, the core says. */
export function acceptDroppedFolders(
  page: Window,
  bridge: Pick<DesktopBridge, "pathOf">,
  add: (folder: string) => void,
): void {
  // Without it a dropped file would be opened in place of the page.
  page.addEventListener("dragover", (event) => event.preventDefault());
  page.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    const folder = file === undefined ? "" : bridge.pathOf(file);
    if (folder !== "") add(folder);
  });
}
