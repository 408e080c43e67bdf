"use client";

import { Check, Minus } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "./cn";

export interface CheckboxProps extends ComponentProps<typeof Radix.Root> {
  /** Written beside the box and part of its click target. */
  label?: ReactNode;
  description?: ReactNode;
}

export function Checkbox({ className, label, description, id, ...rest }: CheckboxProps) {
  const ownId = useId();
  const boxId = id ?? ownId;
  const box = (
    <Radix.Root
      id={boxId}
      className={cn(
        "group mt-0.5 size-4.5 shrink-0 rounded-[5px] border border-line-strong bg-panel transition-colors aria-invalid:border-bad disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent",
        className,
      )}
      {...rest}
    >
      <Radix.Indicator className="flex items-center justify-center text-on-accent">
        <Check className="size-3.5 group-data-[state=indeterminate]:hidden" strokeWidth={3} aria-hidden />
        <Minus
          className="hidden size-3.5 group-data-[state=indeterminate]:block"
          strokeWidth={3}
          aria-hidden
        />
      </Radix.Indicator>
    </Radix.Root>
  );
  if (!label) return box;
  return (
    <div className="flex items-start gap-2.5">
      {box}
      <label htmlFor={boxId} className="min-w-0">
        {label}
        {description ? <span className="block text-xs text-muted">{description}</span> : null}
      </label>
    </div>
  );
}
