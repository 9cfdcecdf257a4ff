import { Button, Menu, Progress } from "@mantine/core";
import {
  IconBraces,
  IconCheck,
  IconCopy,
  IconDotsVertical,
  IconDownload,
  IconLink,
  IconPin,
  IconPinnedOff,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { LOG_ENCODINGS, type LogEncoding, type LogStats } from "#contract/log.ts";
import { useFormat } from "../ui/index.ts";
import { BarButton } from "./bar-button.tsx";
import { DOWNLOAD_KINDS, type DownloadKind } from "./download.ts";
import css from "./log-bars.module.css";

/** What can be decided about the log of one run, and what is known about it. */
export interface LogCare {
  /** Null while nothing is stored. */
  readonly stats: LogStats | null;
  readonly onPin: (isPinned: boolean) => void;
  /** Null: to be found out. */
  readonly onEncoding: (encoding: LogEncoding | null) => void;
}

interface LogMenuProps {
  readonly care: LogCare | null;
  readonly hasPick: boolean;
  readonly onCopyLines: () => void;
  /** Null where a line has no address of its own. */
  readonly onCopyLink: (() => void) | null;
  readonly onDownload: (kind: DownloadKind) => void;
  readonly kinds?: readonly DownloadKind[];
}

/** Everything about a log that is not needed every minute. */
export function LogMenu(props: LogMenuProps) {
  const { care, hasPick, onCopyLines, onCopyLink, onDownload, kinds = DOWNLOAD_KINDS } = props;
  const { t } = useTranslation("log");
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <BarButton label={t("menu.button")} icon={<IconDotsVertical size={16} />} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={14} />} disabled={!hasPick} onClick={onCopyLines}>
          {t("menu.copyLines")}
        </Menu.Item>
        {onCopyLink !== null && (
          <Menu.Item leftSection={<IconLink size={14} />} disabled={!hasPick} onClick={onCopyLink}>
            {t("menu.copyLink")}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Label>{t("menu.download")}</Menu.Label>
        {kinds.map((kind) => (
          <Menu.Item
            key={kind}
            leftSection={kind === "jsonl" ? <IconBraces size={14} /> : <IconDownload size={14} />}
            onClick={() => onDownload(kind)}
          >
            {t(`download.${kind}`)}
          </Menu.Item>
        ))}
        {care?.stats != null && <CareItems care={care} stats={care.stats} />}
      </Menu.Dropdown>
    </Menu>
  );
}

function CareItems({ care, stats }: { readonly care: LogCare; readonly stats: LogStats }) {
  const { t } = useTranslation("log");
  const format = useFormat();
  const { isPinned, encoding, sizeBytes, storedBytes } = stats;
  return (
    <>
      <Menu.Divider />
      <Menu.Item
        leftSection={isPinned ? <IconPinnedOff size={14} /> : <IconPin size={14} />}
        onClick={() => care.onPin(!isPinned)}
      >
        {isPinned ? t("menu.unpin") : t("menu.pin")}
        <div className={css["menuNote"]}>
          {t("menu.size", { size: format.bytes(sizeBytes), stored: format.bytes(storedBytes) })}
        </div>
      </Menu.Item>
      <Menu.Sub>
        <Menu.Sub.Target>
          <Menu.Sub.Item>{t("menu.encoding", { encoding: t(`encoding.${encoding}`) })}</Menu.Sub.Item>
        </Menu.Sub.Target>
        <Menu.Sub.Dropdown>
          <Menu.Item onClick={() => care.onEncoding(null)}>{t("encoding.auto")}</Menu.Item>
          {LOG_ENCODINGS.map((each) => (
            <Menu.Item
              key={each}
              aria-current={each === encoding || undefined}
              leftSection={each === encoding ? <IconCheck size={14} /> : <span className={css["noMark"]} />}
              onClick={() => care.onEncoding(each)}
            >
              {t(`encoding.${each}`)}
            </Menu.Item>
          ))}
        </Menu.Sub.Dropdown>
      </Menu.Sub>
    </>
  );
}

/** A download under way. */
export function DownloadNotice({
  share,
  onCancel,
}: {
  readonly share: number;
  readonly onCancel: () => void;
}) {
  const { t } = useTranslation("log");
  return (
    <div className={css["download"]} role="status">
      <span>{t("download.running")}</span>
      <Progress
        className={css["findProgress"]}
        size="xs"
        value={share * 100}
        aria-label={t("download.running")}
      />
      <Button size="compact-xs" variant="default" onClick={onCancel}>
        {t("findCancel")}
      </Button>
    </div>
  );
}
