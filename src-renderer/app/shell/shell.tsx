import { useDocumentTitle, useHotkeys, useMediaQuery } from "@mantine/hooks";
import { createSpotlight } from "@mantine/spotlight";
import type { TFunction } from "i18next";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, useLocation, useRouter } from "wouter";
import { Later } from "../../ui/index.ts";
import { paths, usePreferences } from "../../workbench/index.ts";
import { ErrorBoundary } from "../error-boundary.tsx";
import { FEATURES } from "../features.ts";
import { CommandPalette } from "./command-palette.tsx";
import { CoreBanner } from "./core-banner.tsx";
import { findScreen, type Screen } from "./find-screen.ts";
import { NotFoundPage } from "./not-found-page.tsx";
import { Rail } from "./rail.tsx";
import classes from "./shell.module.css";
import { ShortcutsOverlay } from "./shortcuts-overlay.tsx";
import { StatusBar } from "./status-bar.tsx";
import { TopBar } from "./top-bar.tsx";
import { useGoKeys } from "./use-go-keys.ts";

/** What the tab is called: the innermost name first, because tabs are narrow. */
function titleOf(screen: Screen | null, t: TFunction): string {
  const place = screen?.place == null ? null : t(`rail.${screen.place}`);
  const crumb = typeof screen?.crumb === "string" ? screen.crumb : null;
  return [crumb, place, t("app.name")].filter((part) => part !== null).join(" · ");
}

const QUIET_MS = 1_500;

/** After the first screen is up, so that nothing of it waits. */
function whenQuiet(action: () => void): () => void {
  const timer = setTimeout(action, QUIET_MS);
  return () => clearTimeout(timer);
}

/** What is here already can be shown when the core is gone. One that fails is asked for again when it is shown. */
function loadParts(): void {
  for (const part of FEATURES.flatMap(({ parts = [] }) => parts)) part.load().catch(() => undefined);
}

/** Has no room for names beside the icons of the rail. */
const NARROW = "(max-width: 900px)";

/** The frame around every screen: rail, top bar, banner, screen, status bar. */
export function Shell() {
  const { t } = useTranslation();
  const [location] = useLocation();
  const { parser } = useRouter();
  const { settings, isKnown, change } = usePreferences();
  const [palette] = useState(createSpotlight);
  const [areShortcutsOpen, setShortcutsOpen] = useState(false);
  const isNarrow = useMediaQuery(NARROW);
  const isFolded = isNarrow || settings.isRailCollapsed;
  const screen = useMemo(() => findScreen(FEATURES, location, parser), [location, parser]);

  useDocumentTitle(titleOf(screen, t));
  useGoKeys();
  useEffect(() => whenQuiet(loadParts), []);
  useHotkeys([
    ["mod+B", () => change({ isRailCollapsed: !settings.isRailCollapsed })],
    ["shift+?", () => setShortcutsOpen(true)],
  ]);

  if (location === "/") {
    // Before the core has said so, nobody knows whether this is a first start.
    if (!isKnown) return null;
    return <Redirect to={settings.hasSeenWelcome ? paths.bridge : paths.welcome} replace />;
  }
  return (
    <div className={classes.shell} data-collapsed={isFolded || undefined}>
      <a href="#content" className={classes.skip}>
        {t("app.skipToContent")}
      </a>
      <Rail place={screen?.place ?? null} isFolded={isFolded} isForced={isNarrow} />
      <div className={classes.main}>
        <TopBar screen={screen} onSearch={palette[1].open} />
        <CoreBanner />
        <main id="content" tabIndex={-1} className={classes.content}>
          <ErrorBoundary resetKey={location}>
            <Later>{screen === null ? <NotFoundPage /> : screen.node}</Later>
          </ErrorBoundary>
        </main>
      </div>
      <StatusBar onShortcuts={() => setShortcutsOpen(true)} />
      <CommandPalette palette={palette} onShortcuts={() => setShortcutsOpen(true)} />
      <ShortcutsOverlay isOpen={areShortcutsOpen} onClose={() => setShortcutsOpen(false)} />
      <Later isSilent>
        {FEATURES.map(({ id, Overlays }) => Overlays !== undefined && <Overlays key={id} />)}
      </Later>
    </div>
  );
}
