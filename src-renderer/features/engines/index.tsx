import { IconBox } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { type EngineId, engineIdSchema } from "#contract/engine.ts";
import { useLiveContainers, useLiveEngines } from "../../rpc/index.ts";
import { lazyPart } from "../../ui/index.ts";
import { type Action, type Feature, paths } from "../../workbench/index.ts";
import type { ContainerPageProps } from "./container-page.tsx";
import { Terminal } from "./container-shell.tsx";
import { shortId, theOne } from "./engine-words.ts";
import { EnginesStatusItem } from "./engines-status.tsx";
import { NoSuchEngine } from "./no-such-engine.tsx";

export { EngineBadge } from "./container-state.tsx";
export { useEngineSummary } from "./engine-words.ts";
export { NoEngine } from "./no-engine.tsx";

const EnginePage = lazyPart<{ readonly id: EngineId }>(
  async () => (await import("./engine-page.tsx")).EnginePage,
);

const ContainerPage = lazyPart<ContainerPageProps>(
  async () => (await import("./container-page.tsx")).ContainerPage,
);

interface ContainerCrumbProps {
  readonly engine: string;
  readonly id: string;
}

function ContainerCrumb({ engine, id }: ContainerCrumbProps) {
  const parsed = engineIdSchema.safeParse(engine);
  return parsed.success ? <KnownCrumb engine={parsed.data} id={id} /> : id;
}

function KnownCrumb({ engine, id }: { readonly engine: EngineId; readonly id: string }) {
  const containers = useLiveContainers(engine).data?.containers ?? [];
  const name = theOne(containers, id)?.name ?? shortId(id);
  return (
    <>
      <Link href={paths.engine(engine)}>{engine}</Link> / {name}
    </>
  );
}

/** Commands of this feature: open the containers of an engine. */
export function useEngineActions(): readonly Action[] {
  const { t } = useTranslation("engines");
  const [, navigate] = useLocation();
  return (useLiveEngines().data ?? []).map(({ id }) => ({
    id: `engines.open:${id}`,
    group: "targets",
    label: t("command.open", { engine: id }),
    icon: <IconBox size={16} />,
    run: () => navigate(paths.engine(id)),
  }));
}

/** Container engines: everything on them, whoever made it. */
export const enginesFeature: Feature = {
  id: "engines",
  place: "targets",
  StatusItem: EnginesStatusItem,
  parts: [EnginePage, ContainerPage, Terminal],
  routes: [
    {
      pattern: "/engines/:engine",
      crumb: ({ engine }) => engine ?? "",
      render: ({ engine }) => {
        const parsed = engineIdSchema.safeParse(engine);
        return parsed.success ? (
          <EnginePage key={parsed.data} id={parsed.data} />
        ) : (
          <NoSuchEngine engine={engine ?? ""} />
        );
      },
    },
    {
      pattern: "/engines/:engine/containers/:container",
      crumb: ({ engine, container }) => <ContainerCrumb engine={engine ?? ""} id={container ?? ""} />,
      render: ({ engine, container = "" }) => {
        const parsed = engineIdSchema.safeParse(engine);
        if (!parsed.success) return <NoSuchEngine engine={engine ?? ""} />;
        return <ContainerPage key={container} engine={parsed.data} id={container} />;
      },
    },
  ],
};
