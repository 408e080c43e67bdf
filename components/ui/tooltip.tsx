"use client";

import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn";

export const TooltipProvider = Radix.Provider;

export interface TooltipProps {
  content: ReactNode;
  /** The element it explains: must be focusable. */
  children: ReactNode;
  side?: "top" | "right" | "bottom" | "left";
  className?: string;
}

/** A short explanation on hover and focus. Never the only place of something people need. */
export function Tooltip({ content, children, side = "top", className }: TooltipProps) {
  return (
    <Radix.Root delayDuration={250}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          className={cn(
            "z-50 max-w-72 rounded-control bg-primary px-2.5 py-1.5 text-xs text-on-primary shadow-pop data-[state=delayed-open]:animate-in data-[state=delayed-open]:fade-in-0",
            className,
          )}
        >
          {content}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
