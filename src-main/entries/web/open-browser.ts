import { spawn } from "node:child_process";

/**
 * Opens `url` in the installed browser. Resolves to false when there is none to be found; the caller says
 * the address in any case. No shell sees the address.
 */
export function openBrowser(url: string, platform: NodeJS.Platform): Promise<boolean> {
  const [program, ...args] = openerOf(platform);
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], { detached: true, stdio: "ignore", windowsHide: true });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

function openerOf(platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === "darwin") return ["open"];
  // `start` is a word of cmd.exe; this is the program behind it, and it takes the address as an argument.
  if (platform === "win32") return ["rundll32.exe", "url.dll,FileProtocolHandler"];
  return ["xdg-open"];
}
