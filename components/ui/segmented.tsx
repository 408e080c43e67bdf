"use client";

import { ToggleGroup as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn";

export interface SegmentedProps<Value extends string> {
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode; "aria-label"?: string }[];
  "aria-label": string;
  className?: string;
}

/** Two to five choices side by side, one of them in force. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  return (
    <Radix.Root
      type="single"
      value={props.value}
      // Radix sends "" when the pressed one is pressed again: one always stays in force.
      onValueChange={(value) => value && props.onValueChange(value as Value)}
      aria-label={props["aria-label"]}
      className={cn(
        "inline-flex justify-self-start gap-0.5 rounded-control border bg-subtle p-0.5",
        props.className,
      )}
    >
      {props.options.map((option) => (
        <Radix.Item
          key={option.value}
          value={option.value}
          aria-label={option["aria-label"]}
          className="inline-flex h-7 items-center gap-1.5 rounded-md px-2.5 text-xs font-medium text-muted hover:text-ink data-[state=on]:bg-panel data-[state=on]:text-ink data-[state=on]:shadow-[0_0_0_1px_var(--line-strong)] [&_svg]:size-3.5"
        >
          {option.label}
        </Radix.Item>
      ))}
    </Radix.Root>
  );
}
