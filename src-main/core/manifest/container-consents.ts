import type { ContainerConsent } from "#contract/engine.ts";
import type { Manifest } from "#contract/manifest.ts";
import type { DriverCapabilities } from "#contract/target.ts";

/** Whether a user as images and manifests name it, e.g. `root` or `0:0`, is root. */
export function isRootUser(user: string): boolean {
  const [name = ""] = user.split(":");
  return name === "root" || /^0+$/.test(name);
}

/** What an agent asks for on a target with these capabilities that a person has to say yes to first. */
export function consentsNeeded(
  { credentials = [], runtimes }: Manifest,
  capabilities: Pick<DriverCapabilities, "runtime" | "showsEnvironment">,
): readonly ContainerConsent[] {
  const user = capabilities.runtime === "container" ? (runtimes.container?.user ?? "") : "";
  const isShown = capabilities.showsEnvironment === true;
  const usesEnvironment = credentials.some(({ env = {} }) => Object.keys(env).length > 0);
  return [
    ...(isRootUser(user) ? ["root" as const] : []),
    ...(isShown && usesEnvironment ? ["environment" as const] : []),
  ];
}
