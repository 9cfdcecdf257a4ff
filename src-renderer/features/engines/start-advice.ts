import type { Engine } from "#contract/engine.ts";

export interface StartAdvice {
  /** Key of the sentence. */
  readonly text:
    | "systemd"
    | "rootlessDocker"
    | "podmanSystem"
    | "podmanUser"
    | "desktopApp"
    | "podmanMachine";
  readonly command: string | null;
}

/** What starts an engine of this computer that does not answer. `platform` as `system.info` says it. */
export function startAdvice(
  platform: string,
  { address, isRootless, product }: Pick<Engine, "address" | "isRootless" | "product">,
): StartAdvice {
  const isPodman = product === "podman" || /podman/i.test(address);
  if (!platform.startsWith("linux")) {
    return isPodman
      ? { text: "podmanMachine", command: "podman machine start" }
      : { text: "desktopApp", command: null };
  }
  const isOwn = isRootless || address.includes("/run/user/");
  if (isPodman) {
    return isOwn
      ? { text: "podmanUser", command: "systemctl --user start podman.socket" }
      : { text: "podmanSystem", command: "sudo systemctl start podman.socket" };
  }
  return isOwn
    ? { text: "rootlessDocker", command: "systemctl --user start docker" }
    : { text: "systemd", command: "sudo systemctl start docker" };
}

/** What brings the first engine onto this computer; null where it comes as an installer. */
export function installCommand(platform: string): string | null {
  return platform.startsWith("linux") ? "sudo apt install podman" : null;
}
