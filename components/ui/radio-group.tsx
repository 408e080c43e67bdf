"use client";

import { RadioGroup as Radix } from "radix-ui";
import { type ReactNode, useId } from "react";
import { cn } from "./cn";

export interface RadioOption {
  value: string;
  label: ReactNode;
  description?: ReactNode;
  /** Bottom line of a card: usually the price. */
  footer?: ReactNode;
  disabled?: boolean;
}

export interface RadioGroupProps {
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  options: readonly RadioOption[];
  name?: string;
  disabled?: boolean;
  className?: string;
  /** "cards" for choices worth comparing (presets, sizes), "list" for plain ones. */
  look?: "list" | "cards";
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string;
}

export function RadioGroup({ options, look = "list", className, ...rest }: RadioGroupProps) {
  const baseId = useId();
  return (
    <Radix.Root
      className={cn(
        look === "list" && "grid gap-2",
        // Cards with words of their own stand below each other on phones: beside each other they leave holes.
        look === "cards" && "grid gap-2.5",
        look === "cards" &&
          (options.some((option) => option.description)
            ? "sm:grid-cols-[repeat(auto-fit,minmax(10rem,1fr))]"
            : "grid-cols-[repeat(auto-fit,minmax(6rem,1fr))]"),
        className,
      )}
      {...rest}
    >
      {options.map((option) =>
        look === "cards" ? (
          <Radix.Item
            key={option.value}
            value={option.value}
            disabled={option.disabled}
            className="flex flex-row items-center justify-between gap-x-4 rounded-card sm:flex-col sm:items-start sm:justify-start border bg-panel px-3 py-2.5 text-left transition-shadow hover:border-line-strong disabled:opacity-50 data-[state=checked]:border-accent-ink data-[state=checked]:ring-1 data-[state=checked]:ring-accent-ink"
          >
            <span className="min-w-0">
              <span className="block font-semibold">{option.label}</span>
              {option.description ? (
                <span className="block text-xs text-muted">{option.description}</span>
              ) : null}
            </span>
            {option.footer ? <span className="block shrink-0 tabular sm:mt-1.5">{option.footer}</span> : null}
          </Radix.Item>
        ) : (
          <div key={option.value} className="flex items-start gap-2.5">
            <Radix.Item
              id={`${baseId}-${option.value}`}
              value={option.value}
              disabled={option.disabled}
              className="mt-0.5 flex size-4.5 shrink-0 items-center justify-center rounded-full border border-line-strong bg-panel disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
            >
              <Radix.Indicator className="size-1.5 rounded-full bg-on-accent" />
            </Radix.Item>
            <label htmlFor={`${baseId}-${option.value}`} className="min-w-0">
              {option.label}
              {option.description ? (
                <span className="block text-xs text-muted">{option.description}</span>
              ) : null}
            </label>
          </div>
        ),
      )}
    </Radix.Root>
  );
}
