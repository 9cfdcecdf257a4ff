import { useColorScheme } from "@mantine/hooks";
import { notifyManager, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Settings, settingsSchema } from "#contract/system.ts";
import { systemLanguage } from "../locales/i18n.ts";
import type { Language } from "../locales/index.ts";
import { keys, useCommand, useLiveSettings, useRpc } from "../rpc/index.ts";
import { showFailure } from "./toast.tsx";

/** Owner: this file. Bound: one small object. Only for the first paint; the core keeps the truth. */
const PAINT_CACHE_KEY = "pilothouse.first-paint";

/** Settings as this browser saw them last, so that the first paint has the right colours and words. */
export function readPaintCache(storage: Pick<Storage, "getItem">): Settings {
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(storage.getItem(PAINT_CACHE_KEY) ?? "{}"));
    if (parsed.success) return parsed.data;
  } catch {
    // Nothing is lost: a damaged cache is replaced when the core answers.
  }
  return settingsSchema.parse({});
}

export function languageOf(settings: Pick<Settings, "language">): Language {
  return settings.language === "system" ? systemLanguage(navigator.languages) : settings.language;
}

export interface Preferences {
  readonly settings: Settings;
  /** False while `settings` is only what this browser remembers. */
  readonly isKnown: boolean;
  /** Takes effect at once and is stored by the core. */
  readonly change: (change: Partial<Settings>) => void;
}

const PreferencesContext = createContext<Preferences | null>(null);

export function usePreferences(): Preferences {
  const value = use(PreferencesContext);
  if (value === null) throw new Error("This part stands outside of PreferencesProvider");
  return value;
}

/** The scheme to show: the person's choice, or the system's. */
export function useShownScheme(choice: Settings["colorScheme"]): "light" | "dark" {
  const system = useColorScheme("light", { getInitialValueInEffect: false });
  return choice === "system" ? system : choice;
}

/** Keeps the page in the language, scheme and density the person chose. */
export function PreferencesProvider({ children }: { readonly children: ReactNode }) {
  const rpc = useRpc();
  const cache = useQueryClient();
  const { i18n } = useTranslation();
  const live = useLiveSettings();
  const remembered = useMemo(() => readPaintCache(localStorage), []);
  // The cache tells its readers a moment later, and an older answer may still be on its way into it. A box that is
  // ticked has to be ticked before the event that ticked it is over.
  const [unstored, setUnstored] = useState<Partial<Settings>>({});
  const known = live.data ?? remembered;
  const settings = useMemo<Settings>(() => ({ ...known, ...unstored }), [known, unstored]);
  const changes = useRef(0);
  const store = useCommand(storeOne, {
    // The answer to one of several quick changes does not know the later ones yet.
    onDone: ({ stored, change }) => {
      if (change !== changes.current) return;
      void cache.cancelQueries({ queryKey: keys.settings }, { revert: false });
      cache.setQueryData(keys.settings, stored);
      notifyManager.schedule(() => change === changes.current && setUnstored({}));
    },
    onFailure: (failure) => {
      setUnstored({});
      void cache.invalidateQueries({ queryKey: keys.settings });
      showFailure(failure);
    },
  });
  const language = languageOf(settings);

  useEffect(() => {
    document.documentElement.lang = language;
    void i18n.changeLanguage(language);
  }, [i18n, language]);
  useEffect(() => {
    document.documentElement.dataset["density"] = settings.density;
    localStorage.setItem(PAINT_CACHE_KEY, JSON.stringify(settings));
  }, [settings]);

  const value: Preferences = {
    settings,
    isKnown: live.data !== undefined,
    change: (change) => {
      changes.current += 1;
      setUnstored((others) => ({ ...others, ...change }));
      store.run(change);
    },
  };
  return <PreferencesContext value={value}>{children}</PreferencesContext>;

  async function storeOne(change: Partial<Settings>) {
    const number = changes.current;
    return { stored: await rpc.system.changeSettings.mutate(change), change: number };
  }
}
