import type { Settings } from "#contract/system.ts";

/** What the desktop itself says, outside of the page. `&` marks the letter of a menu. */
export interface Texts {
  readonly menu: {
    readonly file: string;
    readonly newWindow: string;
    readonly addAgent: string;
    readonly settings: string;
    readonly quit: string;
    readonly edit: string;
    readonly view: string;
    readonly go: string;
    readonly bridge: string;
    readonly agents: string;
    readonly runs: string;
    readonly targets: string;
    readonly window: string;
    readonly help: string;
    readonly firstSteps: string;
    readonly about: string;
    readonly close: string;
    readonly undo: string;
    readonly redo: string;
    readonly cut: string;
    readonly copy: string;
    readonly paste: string;
    readonly selectAll: string;
    readonly reload: string;
    readonly resetZoom: string;
    readonly zoomIn: string;
    readonly zoomOut: string;
    readonly fullScreen: string;
    readonly devTools: string;
    readonly minimize: string;
    readonly zoom: string;
    readonly allToFront: string;
    readonly hide: string;
    readonly hideOthers: string;
    readonly unhide: string;
    readonly credentials: string;
    readonly audit: string;
  };
  readonly tray: { readonly show: string; readonly quit: string };
  readonly notice: {
    readonly failed: string;
    readonly failedBody: string;
    readonly attention: string;
    readonly attentionBody: string;
  };
  readonly folder: { readonly title: string; readonly choose: string };
  readonly outside: { readonly title: string; readonly open: string; readonly cancel: string };
  readonly refused: { readonly title: string; readonly again: string; readonly quit: string };
}

const EN: Texts = {
  menu: {
    file: "&File",
    newWindow: "New window",
    addAgent: "Add agent…",
    settings: "Settings",
    quit: "Quit Pilothouse",
    edit: "&Edit",
    view: "&View",
    go: "&Go",
    bridge: "Bridge",
    agents: "Agents",
    runs: "Runs",
    targets: "Targets",
    window: "&Window",
    help: "&Help",
    firstSteps: "First steps",
    about: "About Pilothouse",
    close: "Close window",
    undo: "Undo",
    redo: "Redo",
    cut: "Cut",
    copy: "Copy",
    paste: "Paste",
    selectAll: "Select all",
    reload: "Reload",
    resetZoom: "Actual size",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    fullScreen: "Full screen",
    devTools: "Developer tools",
    minimize: "Minimize",
    zoom: "Zoom",
    allToFront: "Bring all to front",
    hide: "Hide Pilothouse",
    hideOthers: "Hide others",
    unhide: "Show all",
    credentials: "Credentials",
    audit: "Audit",
  },
  tray: { show: "Show Pilothouse", quit: "Quit Pilothouse" },
  notice: {
    failed: "{agent} failed",
    failedBody: "Show the run and its log",
    attention: "{agent} needs you",
    attentionBody: "The run waits for a person",
  },
  folder: { title: "Folder of an agent", choose: "Choose" },
  outside: { title: "Open this address in the browser?", open: "Open", cancel: "Cancel" },
  refused: { title: "Pilothouse cannot start", again: "Try again", quit: "Quit" },
};

const RU: Texts = {
  menu: {
    file: "&Файл",
    newWindow: "Новое окно",
    addAgent: "Добавить агента…",
    settings: "Настройки",
    quit: "Завершить Pilothouse",
    edit: "&Правка",
    view: "&Вид",
    go: "П&ереход",
    bridge: "Мостик",
    agents: "Агенты",
    runs: "Запуски",
    targets: "Цели",
    window: "&Окно",
    help: "&Справка",
    firstSteps: "Первые шаги",
    about: "О программе Pilothouse",
    close: "Закрыть окно",
    undo: "Отменить",
    redo: "Повторить",
    cut: "Вырезать",
    copy: "Копировать",
    paste: "Вставить",
    selectAll: "Выделить всё",
    reload: "Обновить",
    resetZoom: "Обычный размер",
    zoomIn: "Увеличить",
    zoomOut: "Уменьшить",
    fullScreen: "Во весь экран",
    devTools: "Инструменты разработчика",
    minimize: "Свернуть",
    zoom: "Изменить масштаб окна",
    allToFront: "Все окна — на передний план",
    hide: "Скрыть Pilothouse",
    hideOthers: "Скрыть остальные",
    unhide: "Показать все",
    credentials: "Учётные данные",
    audit: "Аудит",
  },
  tray: { show: "Показать Pilothouse", quit: "Завершить Pilothouse" },
  notice: {
    failed: "Сбой агента {agent}",
    failedBody: "Показать запуск и его журнал",
    attention: "{agent}: нужно ваше участие",
    attentionBody: "Запуск ждёт человека",
  },
  folder: { title: "Папка агента", choose: "Выбрать" },
  outside: { title: "Открыть этот адрес в браузере?", open: "Открыть", cancel: "Отмена" },
  refused: { title: "Pilothouse не может запуститься", again: "Повторить", quit: "Завершить" },
};

/** Texts in the language of the settings, or in the system's (`ru-RU` and the like) when they leave it to it. */
export function textsFor(language: Settings["language"], systemLocale: string): Texts {
  const chosen = language === "system" ? systemLocale.slice(0, 2).toLowerCase() : language;
  return chosen === "ru" ? RU : EN;
}
