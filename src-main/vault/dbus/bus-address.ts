/** What a connection to the session bus is made from. */
export type BusEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Where the session bus listens, as paths for `net.connect`, in the order of trying. Empty when the environment
 * names none. Nothing is ever started to get one.
 */
export function busPaths(env: BusEnvironment): readonly string[] {
  const address = env["DBUS_SESSION_BUS_ADDRESS"];
  if (address !== undefined && address !== "") return address.split(";").flatMap(pathOf);
  const runtime = env["XDG_RUNTIME_DIR"];
  return runtime?.startsWith("/") === true ? [`${runtime}/bus`] : [];
}

function pathOf(address: string): readonly string[] {
  const [transport, rest = ""] = address.split(":", 2);
  if (transport !== "unix") return [];
  const pairs = new Map(
    rest.split(",").map((pair): [string, string] => {
      const [key = "", value = ""] = pair.split("=", 2);
      return [key, decodeURIComponent(value)];
    }),
  );
  const path = pairs.get("path");
  const abstract = pairs.get("abstract");
  if (path !== undefined) return [path];
  return abstract === undefined ? [] : [`\0${abstract}`];
}
