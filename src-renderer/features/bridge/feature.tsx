import { lazyPart } from "../../ui/index.ts";
import type { Feature } from "../../workbench/index.ts";

const BridgePage = lazyPart<object>(async () => (await import("./bridge-page.tsx")).BridgePage);

export const bridgeFeature: Feature = {
  id: "bridge",
  place: "bridge",
  parts: [BridgePage],
  routes: [{ pattern: "/bridge", render: () => <BridgePage /> }],
};
