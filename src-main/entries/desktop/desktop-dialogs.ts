import { BrowserWindow, dialog } from "electron/main";
import type { Texts } from "./texts.ts";

/** Questions in windows of the system. */
export class DesktopDialogs {
  #isAskingOutside = false;

  /** The folder a person picked, or null. */
  async chooseFolder({ choose, title }: Texts["folder"]): Promise<string | null> {
    const options = {
      title,
      buttonLabel: choose,
      properties: ["openDirectory" as const, "createDirectory" as const],
    };
    const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
    const picked =
      window === undefined
        ? await dialog.showOpenDialog(options)
        : await dialog.showOpenDialog(window, options);
    return picked.canceled ? null : (picked.filePaths[0] ?? null);
  }

  /** Whether a person wants an address opened in their browser; no while another question of this kind stands. */
  async askOutside({ cancel, open, title }: Texts["outside"], address: string): Promise<boolean> {
    if (this.#isAskingOutside) return false;
    this.#isAskingOutside = true;
    try {
      const { response } = await dialog.showMessageBox({
        type: "question",
        title,
        message: title,
        detail: address,
        buttons: [open, cancel],
        defaultId: 1,
        cancelId: 1,
      });
      return response === 0;
    } finally {
      this.#isAskingOutside = false;
    }
  }

  /** Says why the core did not start; whether it is to try again. */
  async askAgain({ again, quit, title }: Texts["refused"], problem: string): Promise<boolean> {
    const { response } = await dialog.showMessageBox({
      type: "error",
      title,
      message: title,
      detail: problem,
      buttons: [again, quit],
      defaultId: 0,
      cancelId: 1,
    });
    return response === 0;
  }
}
