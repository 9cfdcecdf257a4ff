import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";

export interface SearchFieldProps {
  /** Says what is searched; shown while nothing is typed. */
  readonly label: string;
  readonly value: string;
  readonly onSearch: (text: string) => void;
  /** How long typing has to rest until `onSearch` is called, milliseconds; at every key when absent. */
  readonly pauseMs?: number;
  readonly className?: string | undefined;
  /** Pixels. */
  readonly width?: number;
}

/** A field that narrows down what is shown below it. */
export function SearchField({ label, value, onSearch, pauseMs = 0, className, width }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const searchSoon = useDebouncedCallback(onSearch, pauseMs);
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      {...(className === undefined ? {} : { className })}
      {...(width === undefined ? {} : { w: width })}
      size="xs"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={14} />}
      value={text}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        setText(typed);
        if (pauseMs === 0) onSearch(typed);
        else searchSoon(typed);
      }}
    />
  );
}
