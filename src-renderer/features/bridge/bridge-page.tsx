import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { LIVE_STATES } from "#contract/run.ts";
import { useLiveRuns } from "../../rpc/index.ts";
import { ErrorPanel, Page, PageHeader, Panel, useFormat, useNow } from "../../ui/index.ts";
import { paths, RECENT_RUNS, useAttention } from "../../workbench/index.ts";
import { AttentionList } from "./attention-list.tsx";
import css from "./bridge.module.css";
import { bridgePicture } from "./bridge-picture.ts";
import { EmptyBridge } from "./empty-bridge.tsx";
import { LiveRuns } from "./live-runs.tsx";
import { Results } from "./results.tsx";

/** The first screen: what runs, what needs a person, what came out. */
export function BridgePage() {
  const { t } = useTranslation("bridge");
  const [, navigate] = useLocation();
  const { data, failure, refetch } = useLiveRuns({ limit: RECENT_RUNS });
  const attention = useAttention();
  const now = useNow();
  const header = <PageHeader title={t("title")} />;
  if (failure !== null && data === undefined)
    return (
      <Page header={header}>
        <ErrorPanel failure={failure} onRetry={refetch} />
      </Page>
    );
  if (data === undefined) return <Page header={header}>{null}</Page>;
  if (data.runs.length === 0 && attention.items.length === 0)
    return (
      <Page header={header}>
        <EmptyBridge />
      </Page>
    );
  const picture = bridgePicture(data.runs, now);
  return (
    <Page header={header}>
      <div className={css["counts"]}>
        <Count
          label={t("count.live")}
          value={picture.live.length}
          tone="blue"
          href={`${paths.runs}?state=${LIVE_STATES.join(",")}`}
        />
        <Count
          label={t("count.attention")}
          value={attention.items.length}
          tone="amber"
          href={`${paths.bridge}#attention`}
        />
        <Count
          label={t("count.failed")}
          value={picture.failedToday}
          tone="red"
          href={`${paths.runs}?state=failed,lost`}
        />
        <Count
          label={t("count.succeeded")}
          value={picture.succeededToday}
          tone="green"
          href={`${paths.runs}?state=succeeded`}
        />
      </div>
      <div className={css["columns"]}>
        <div className={css["main"]}>
          <Panel
            title={t("live.title")}
            isFlush
            actions={
              <Button variant="subtle" color="gray" size="compact-xs" onClick={() => navigate(paths.runs)}>
                {t("live.all")}
              </Button>
            }
          >
            <LiveRuns runs={picture.live} />
          </Panel>
          <Panel title={t("results.title")} isFlush>
            <Results runs={picture.results} />
          </Panel>
        </div>
        <div className={css["aside"]} id="attention">
          <Panel title={t("attention.title")} isFlush>
            <AttentionList {...attention} />
          </Panel>
        </div>
      </div>
    </Page>
  );
}

interface CountProps {
  readonly label: string;
  readonly value: number;
  readonly tone: "blue" | "amber" | "red" | "green";
  readonly href: string;
}

function Count({ label, value, tone, href }: CountProps) {
  const format = useFormat();
  return (
    <Link href={href} className={css["count"]} data-tone={value === 0 ? "none" : tone}>
      <span className={css["figure"]}>{format.number(value)}</span>
      <span className={css["countLabel"]}>{label}</span>
    </Link>
  );
}
