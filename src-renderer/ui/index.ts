export { AsideHead } from "./aside-head.tsx";
export { CopyButton } from "./copy-button.tsx";
export {
  type Column,
  DataTable,
  type DataTableProps,
  type TableGroups,
  type TableSelection,
} from "./data-table.tsx";
export { EmptyState } from "./empty-state.tsx";
export { ErrorPanel } from "./error-panel.tsx";
export { errorText, failureReport, type ShownFailure } from "./error-text.ts";
export type { Format } from "./format.ts";
export { JsonView } from "./json-view.tsx";
export { Later, type LazyPart, lazyPart } from "./lazy-part.tsx";
export { Aside, ListAndAside } from "./list-and-aside.tsx";
export { CommandLine, Copyable, Mono } from "./mono.tsx";
export { nowMs, useNow } from "./now.ts";
export { onceClicked } from "./once-clicked.ts";
export { type Fact, KeyValueList, Page, PageHeader, Panel } from "./page.tsx";
export { default as parts } from "./parts.module.css";
export {
  doctorText,
  limitText,
  noteText,
  type PhraseWords,
  problemText,
  stepText,
} from "./phrase-text.ts";
export { ResetButton } from "./reset-button.tsx";
export { saveFile } from "./save-file.ts";
export { SearchField } from "./search-field.tsx";
export { NO_AUTOFILL, SecretInput, SecretText } from "./secret-field.tsx";
export { StateBadge, StateMark } from "./state-badge.tsx";
export { StateFilter } from "./state-filter.tsx";
export { StatusButton, StatusLink, StatusPopover, type StatusTone } from "./status-item.tsx";
export type { TableSort } from "./table-rows.ts";
export { Bytes, Duration, RelativeTime } from "./time.tsx";
export { createTimeCursor, type TimeCursor } from "./time-cursor.ts";
export { createUnitWords, type UnitWords } from "./unit-words.ts";
export { useFormat, useLanguage, usePhraseWords } from "./use-language.ts";
