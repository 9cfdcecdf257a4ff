import { useTranslation } from "react-i18next";
import { type Container, type Engine, namedBy, type PortBinding } from "#contract/engine.ts";

const PRODUCTS: Record<Engine["product"], string> = { docker: "Docker", podman: "Podman", unknown: "" };

/**
 * `Docker 20.10.24 · 12 containers, running: 5`; without what is not known yet, and for an engine that does not answer
 * any more, with the word that the numbers are from before.
 */
export function useEngineSummary(): (engine: Engine) => string {
  const { t } = useTranslation("engines");
  return ({ answeredAtMs, containerCount, product, runningCount, state, version }) => {
    const counts = t("counts", { count: containerCount, running: runningCount });
    const told = state === "ready" ? counts : t("countsBefore", { counts });
    return [`${PRODUCTS[product]} ${version}`.trim(), answeredAtMs === null ? "" : told]
      .filter((part) => part !== "")
      .join(" · ");
  };
}

/** `8080→80/tcp`; a port that is not published stands alone. */
export function portText({ containerPort, hostAddress, hostPort, protocol }: PortBinding): string {
  const inside = `${containerPort}/${protocol}`;
  if (hostPort === null) return inside;
  const isEverywhere = ["", "0.0.0.0", "::"].includes(hostAddress);
  const host = hostAddress.includes(":") ? `[${hostAddress}]` : hostAddress;
  return isEverywhere ? `${hostPort}→${inside}` : `${host}:${hostPort}→${inside}`;
}

/** Ports once each: engines tell them for every address family. Published ones first. */
export function portTexts({ ports }: Pick<Container, "ports">): readonly string[] {
  const sorted = ports.toSorted(
    (a, b) => Number(a.hostPort === null) - Number(b.hostPort === null) || a.containerPort - b.containerPort,
  );
  return [...new Set(sorted.map(portText))];
}

const SHORT_ID = 12;

/** As the engines' own commands show it. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, "").slice(0, SHORT_ID);
}

/** A name of an image without what says nothing: the digest of one that is pinned. */
export function imageText(image: string): string {
  return image.startsWith("sha256:")
    ? shortId(image)
    : image.replace(/@sha256:([0-9a-f]{8})[0-9a-f]*$/, "@$1…");
}

/** The container an address names; undefined when it names none, or more than one. */
export function theOne(containers: readonly Container[], word: string): Container | undefined {
  const named = namedBy(word, containers, (container) => container);
  return named.length === 1 ? named[0] : undefined;
}
