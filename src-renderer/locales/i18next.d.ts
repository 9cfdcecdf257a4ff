import "i18next";
import type { RESOURCES } from "./index.ts";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: (typeof RESOURCES)["en"];
  }
}
