import { lazyPart } from "../../ui/index.ts";
import { type Feature, paths } from "../../workbench/index.ts";

const WelcomePage = lazyPart<object>(async () => (await import("./welcome-page.tsx")).WelcomePage);

/** The first start. */
export const welcomeFeature: Feature = {
  id: "welcome",
  parts: [WelcomePage],
  routes: [{ pattern: paths.welcome, render: () => <WelcomePage /> }],
};
