import { SegmentedControl } from "@mantine/core";
import classes from "./settings.module.css";

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}

export function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <div className={classes.row}>
      <span>{label}</span>
      <SegmentedControl
        aria-label={label}
        value={value}
        data={options.map(([key, text]) => ({ value: key, label: text }))}
        onChange={onChange}
      />
    </div>
  );
}
