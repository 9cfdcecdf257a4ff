import { IconRefresh, IconServer2 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { type TargetId, targetIdSchema } from "#contract/ids.ts";
import { useLiveTargets } from "../../rpc/index.ts";
import { lazyPart } from "../../ui/index.ts";
import { type Action, type Feature, paths } from "../../workbench/index.ts";
import { NoSuchTarget } from "./no-such-target.tsx";
import { useTargetName } from "./target-state.tsx";
import { useLookAgain } from "./use-look-again.ts";

export { TargetFacts, TargetWarnings } from "./target-findings.tsx";
export { TargetState } from "./target-state.tsx";

const TargetsPage = lazyPart<object>(async () => (await import("./targets-page.tsx")).TargetsPage);
const TargetPage = lazyPart<{ readonly id: TargetId }>(
  async () => (await import("./target-page.tsx")).TargetPage,
);

/** Commands of this feature: open a target, look at it again. */
export function useTargetActions(): readonly Action[] {
  const { t } = useTranslation("targets");
  const [, navigate] = useLocation();
  const nameOf = useTargetName();
  const look = useLookAgain();
  return (useLiveTargets().data ?? []).flatMap((target): Action[] => [
    {
      id: `targets.look:${target.id}`,
      group: "targets",
      label: t("actions.look", { target: nameOf(target) }),
      icon: <IconRefresh size={16} />,
      run: () => look.run(target.id),
    },
    {
      id: `targets.open:${target.id}`,
      group: "targets",
      label: t("actions.open", { target: nameOf(target) }),
      icon: <IconServer2 size={16} />,
      run: () => navigate(paths.target(target.id)),
    },
  ]);
}

function TargetCrumb({ id }: { readonly id: string }) {
  const nameOf = useTargetName();
  const target = useLiveTargets().data?.find((each) => each.id === id);
  return target === undefined ? id : nameOf(target);
}

/** Targets: where agents run, what was found there and what does not work. */
export const targetsFeature: Feature = {
  id: "targets",
  place: "targets",
  parts: [TargetsPage, TargetPage],
  routes: [
    { pattern: paths.targets, render: () => <TargetsPage /> },
    {
      pattern: "/targets/:id",
      crumb: ({ id }) => <TargetCrumb id={id ?? ""} />,
      render: ({ id }) => {
        const parsed = targetIdSchema.safeParse(id);
        return parsed.success ? (
          <TargetPage key={parsed.data} id={parsed.data} />
        ) : (
          <NoSuchTarget target={id ?? ""} />
        );
      },
    },
  ],
};
