import type { ReactNode } from "react";
import { cn } from "./cn";

export interface DescriptionItem {
  term: ReactNode;
  value: ReactNode;
}

/** Facts in two columns: what, and how it is. Missing facts are "unknown". */
export function DescriptionList(props: {
  items: readonly DescriptionItem[];
  /** Lines between the rows. */
  divided?: boolean;
  className?: string;
}) {
  return (
    <dl className={cn("grid", props.divided ? "divide-y" : "gap-1.5", props.className)}>
      {props.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
        <div key={index} className={cn("flex items-baseline justify-between gap-4", props.divided && "py-2")}>
          <dt className="shrink-0 text-muted">{item.term}</dt>
          <dd className="min-w-0 text-right break-words tabular">{item.value ?? "unknown"}</dd>
        </div>
      ))}
    </dl>
  );
}
