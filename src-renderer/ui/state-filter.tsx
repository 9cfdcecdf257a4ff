import { MultiSelect } from "@mantine/core";
import classes from "./state-filter.module.css";

interface StateFilterProps<State extends string> {
  /** All there are, in the order in which they are offered. */
  readonly states: readonly State[];
  readonly nameOf: (state: State) => string;
  /** None means every one. */
  readonly chosen: readonly State[];
  readonly label: string;
  /** Stands where none is chosen. */
  readonly anyLabel: string;
  readonly onChoose: (states: readonly State[]) => void;
}

/** Keeps of a table what is in one of the chosen states. */
export function StateFilter<State extends string>(props: StateFilterProps<State>) {
  const { anyLabel, chosen, label, nameOf, onChoose, states } = props;
  return (
    <MultiSelect
      className={classes["filter"]}
      size="xs"
      aria-label={label}
      placeholder={chosen.length === 0 ? anyLabel : ""}
      data={states.map((state) => ({ value: state, label: nameOf(state) }))}
      value={[...chosen]}
      onChange={(values) => onChoose(states.filter((state) => values.includes(state)))}
      clearable
    />
  );
}
