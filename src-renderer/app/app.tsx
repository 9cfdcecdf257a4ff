import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import type { i18n as I18n } from "i18next";
import { type ReactNode, useEffect, useState } from "react";
import { I18nextProvider } from "react-i18next";
import { useStore } from "zustand";
import type { Settings } from "#contract/system.ts";
import {
  type Credentials,
  createWebSocketRpc,
  forgetSession,
  prove,
  RpcProvider,
  type SessionDeps,
  type SignIn,
} from "../rpc/index.ts";
import {
  AllowFirstProvider,
  ConfirmProvider,
  PreferencesProvider,
  usePreferences,
  useShownScheme,
} from "../workbench/index.ts";
import { type CoreLink, connect } from "./core-link.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import { Shell } from "./shell/shell.tsx";
import { SignInPage, type SignInReason } from "./sign-in-page.tsx";
import { theme } from "./theme/theme.ts";

export interface AppProps {
  readonly i18n: I18n;
  readonly remembered: Settings;
  readonly sessionDeps: SessionDeps;
  readonly firstSignIn: Promise<SignIn>;
  /** In the desktop window, which connected already. */
  readonly desktopLink: CoreLink | null;
}

export function App({ i18n, desktopLink, ...gate }: AppProps) {
  return (
    <I18nextProvider i18n={i18n}>
      {desktopLink === null ? <Gate {...gate} /> : <LinkedPage link={desktopLink} />}
    </I18nextProvider>
  );
}

/** Mantine without style elements of its own: the page's policy allows none. */
function Themed({
  scheme,
  children,
}: {
  readonly scheme: Settings["colorScheme"];
  readonly children: ReactNode;
}) {
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={useShownScheme(scheme)}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <Notifications position="bottom-right" limit={4} />
      {children}
    </MantineProvider>
  );
}

/** Lets a signed-in page through and keeps one connection per session. */
function Gate({ remembered, sessionDeps, firstSignIn }: Omit<AppProps, "i18n" | "desktopLink">) {
  const [state, setState] = useState<SignIn | { readonly kind: "session-ended" } | null>(null);
  useEffect(() => {
    void firstSignIn.then(setState);
  }, [firstSignIn]);

  if (state === null) return null;
  if (state.kind === "signed-in") {
    return (
      <Connected
        key={state.credentials.session}
        credentials={state.credentials}
        sessionDeps={sessionDeps}
        onRefused={() => {
          forgetSession(sessionDeps.storage);
          setState({ kind: "session-ended" });
        }}
      />
    );
  }
  const reason: SignInReason = state.kind;
  return (
    <Themed scheme={remembered.colorScheme}>
      <SignInPage reason={reason} sessionDeps={sessionDeps} onSignIn={setState} />
    </Themed>
  );
}

interface ConnectedProps {
  readonly credentials: Credentials;
  readonly sessionDeps: SessionDeps;
  readonly onRefused: () => void;
}

function Connected({ credentials, sessionDeps, onRefused }: ConnectedProps) {
  const [link] = useState(() =>
    connect((tracker) => {
      const { host, origin } = window.location;
      const { subtle } = window.crypto;
      const { fetch } = sessionDeps;
      return createWebSocketRpc({
        origin,
        prove: () => prove(credentials, { host, fetch, subtle }),
        tracker,
      });
    }),
  );
  const phase = useStore(link.tracker.store, (state) => state.phase);
  useEffect(() => {
    if (phase === "unauthorised") onRefused();
  }, [phase, onRefused]);
  useEffect(
    () => sessionDeps.tabs.answer(credentials, () => link.tracker.store.getState().phase === "live"),
    [credentials, sessionDeps, link],
  );
  return <LinkedPage link={link} />;
}

function LinkedPage({ link }: { readonly link: CoreLink }) {
  return (
    <RpcProvider client={link.rpc.client} tracker={link.tracker} cache={link.cache}>
      <PreferencesProvider>
        <Workbench />
      </PreferencesProvider>
    </RpcProvider>
  );
}

function Workbench() {
  const { settings } = usePreferences();
  return (
    <Themed scheme={settings.colorScheme}>
      <ErrorBoundary>
        <ConfirmProvider>
          <AllowFirstProvider>
            <Shell />
          </AllowFirstProvider>
        </ConfirmProvider>
      </ErrorBoundary>
    </Themed>
  );
}
