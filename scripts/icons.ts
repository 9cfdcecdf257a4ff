// Makes the icon set from resources/icons/pilothouse.svg with the installed browser: node scripts/icons.ts
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ROOT } from "../bin/runtime.mjs";
import { findInstalledBrowser, TEST_BROWSER_FLAGS } from "../tests/helpers/installed-browser.ts";
import { endWith } from "./end-with.ts";
import { icnsOf, icoOf } from "./icons/icon-files.ts";

const FOLDER = join(ROOT, "resources", "icons");
const TRAY_PX = 32;
const LINUX_PX = [16, 32, 48, 64, 128, 256, 512] as const;

async function makeIcons(): Promise<void> {
  const executablePath = findInstalledBrowser();
  if (executablePath === null) throw new Error("Icons are drawn by an installed Chromium, and there is none");
  const svg = await readFile(join(FOLDER, "pilothouse.svg"), "utf8");
  const browser = await chromium.launch({ executablePath, args: [...TEST_BROWSER_FLAGS] });
  try {
    const page = await browser.newPage();
    const draw = async (sizePx: number): Promise<Buffer> => {
      await page.setViewportSize({ width: sizePx, height: sizePx });
      await page.setContent(
        `<style>body{margin:0}svg{display:block;width:${sizePx}px;height:${sizePx}px}</style>${svg}`,
      );
      return page.screenshot({ omitBackground: true });
    };
    const images = new Map<number, Buffer>();
    for (const sizePx of [...LINUX_PX, 1024]) images.set(sizePx, await draw(sizePx));
    for (const sizePx of LINUX_PX)
      await writeFile(join(FOLDER, `icon-${sizePx}.png`), images.get(sizePx) ?? "");
    await writeFile(join(FOLDER, "tray.png"), images.get(TRAY_PX) ?? "");
    await writeFile(join(FOLDER, "icon.ico"), icoOf(images));
    await writeFile(join(FOLDER, "icon.icns"), icnsOf(images));
  } finally {
    await browser.close();
  }
}

await endWith(makeIcons);
