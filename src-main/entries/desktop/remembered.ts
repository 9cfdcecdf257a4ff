import { readFileSync } from "node:fs";
import type { z } from "zod";
import { settingsSchema } from "#contract/system.ts";
import { writeDurably } from "#main/platform/index.ts";

const rememberedSchema = settingsSchema.pick({ language: true, colorScheme: true });
/** Settings that show before the core has answered: the window's colour and the menu's words. */
export type Remembered = z.infer<typeof rememberedSchema>;

/** Read at once, because the first window must not wait; the defaults when nothing or nonsense is there. */
export function readRemembered(file: string): Remembered {
  try {
    return rememberedSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // Nothing is lost: the core keeps the truth, and the file is written anew when it tells.
    return rememberedSchema.parse({});
  }
}

export async function remember(file: string, settings: Remembered): Promise<void> {
  const { colorScheme, language } = settings;
  await writeDurably(file, JSON.stringify({ colorScheme, language }));
}
