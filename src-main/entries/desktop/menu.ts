import type { MenuItemConstructorOptions } from "electron";
import type { Texts } from "./texts.ts";

export interface MenuActions {
  readonly newWindow: () => void;
  /** Shows one of the page's screens in the front window. */
  readonly open: (path: string) => void;
  readonly about: () => void;
  readonly quit: () => void;
}

export interface MenuDeps {
  readonly texts: Texts["menu"];
  readonly isMac: boolean;
  /** Only a build for developers shows the browser's tools. */
  readonly hasDevTools: boolean;
  readonly actions: MenuActions;
}

/** The menu bar, with the accelerators that people expect on each system. Items have ids, so they can be found. */
export function menuTemplate(deps: MenuDeps): MenuItemConstructorOptions[] {
  const { actions, isMac, texts } = deps;
  const about: MenuItemConstructorOptions = { id: "about", label: texts.about, click: actions.about };
  const settings: MenuItemConstructorOptions = {
    id: "settings",
    label: texts.settings,
    accelerator: "CmdOrCtrl+,",
    click: () => actions.open("/settings"),
  };
  const quit: MenuItemConstructorOptions = {
    id: "quit",
    label: texts.quit,
    accelerator: "CmdOrCtrl+Q",
    click: actions.quit,
  };
  const program: MenuItemConstructorOptions = {
    label: "Pilothouse",
    submenu: [
      about,
      SEPARATOR,
      settings,
      SEPARATOR,
      { role: "hide", label: texts.hide },
      { role: "hideOthers", label: texts.hideOthers },
      { role: "unhide", label: texts.unhide },
      SEPARATOR,
      quit,
    ],
  };
  return [
    ...(isMac ? [program] : []),
    { label: texts.file, submenu: [...fileItems(deps), ...(isMac ? [] : [settings, SEPARATOR, quit])] },
    { label: texts.edit, submenu: editItems(deps) },
    { label: texts.view, submenu: viewItems(deps) },
    { label: texts.go, submenu: goItems(deps) },
    { label: texts.window, role: "window", submenu: windowItems(deps) },
    {
      label: texts.help,
      role: "help",
      submenu: [
        { id: "first-steps", label: texts.firstSteps, click: () => actions.open("/welcome") },
        ...(isMac ? [] : [SEPARATOR, about]),
      ],
    },
  ];
}

const SEPARATOR: MenuItemConstructorOptions = { type: "separator" };

function fileItems({ actions, texts }: MenuDeps): MenuItemConstructorOptions[] {
  return [
    { id: "new-window", label: texts.newWindow, accelerator: "CmdOrCtrl+Shift+N", click: actions.newWindow },
    {
      id: "add-agent",
      label: texts.addAgent,
      accelerator: "CmdOrCtrl+O",
      click: () => actions.open("/agents?add=folder"),
    },
    SEPARATOR,
    { role: "close", label: texts.close },
  ];
}

/** Electron names the items of its roles in English, whatever the language; so each has a label of ours. */
function editItems({ texts }: MenuDeps): MenuItemConstructorOptions[] {
  return [
    { role: "undo", label: texts.undo },
    { role: "redo", label: texts.redo },
    SEPARATOR,
    { role: "cut", label: texts.cut },
    { role: "copy", label: texts.copy },
    { role: "paste", label: texts.paste },
    { role: "selectAll", label: texts.selectAll },
  ];
}

function windowItems({ isMac, texts }: MenuDeps): MenuItemConstructorOptions[] {
  return [
    { role: "minimize", label: texts.minimize },
    ...(isMac
      ? [
          { role: "zoom", label: texts.zoom } as const,
          SEPARATOR,
          { role: "front", label: texts.allToFront } as const,
        ]
      : []),
  ];
}

function viewItems({ hasDevTools, texts }: MenuDeps): MenuItemConstructorOptions[] {
  return [
    { role: "reload", label: texts.reload },
    SEPARATOR,
    { role: "resetZoom", label: texts.resetZoom },
    { role: "zoomIn", label: texts.zoomIn },
    { role: "zoomOut", label: texts.zoomOut },
    SEPARATOR,
    { role: "togglefullscreen", label: texts.fullScreen },
    ...(hasDevTools ? [{ role: "toggleDevTools", label: texts.devTools } as const] : []),
  ];
}

function goItems({ actions, texts }: MenuDeps): MenuItemConstructorOptions[] {
  return (["bridge", "agents", "runs", "targets", "credentials", "audit"] as const).map((place, index) => ({
    id: `go-${place}`,
    label: texts[place],
    accelerator: `CmdOrCtrl+${index + 1}`,
    click: () => actions.open(`/${place}`),
  }));
}
