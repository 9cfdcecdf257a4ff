import { Button } from "@mantine/core";
import { Link } from "wouter";
import { EmptyState } from "../ui/index.ts";

interface NothingThereProps {
  readonly title: string;
  /** Why that may be. */
  readonly hint: string;
  /** A place that there is, and what leads to it. */
  readonly wayOut: { readonly to: string; readonly label: string };
}

/** For an address that names nothing there is. */
export function NothingThere({ title, hint, wayOut }: NothingThereProps) {
  return (
    <EmptyState title={title} hint={hint}>
      <Button component={Link} to={wayOut.to}>
        {wayOut.label}
      </Button>
    </EmptyState>
  );
}
