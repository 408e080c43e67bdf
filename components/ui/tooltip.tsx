"use client";

import { Tooltip as Radix } from "radix-ui";
import { type ReactElement, type ReactNode, useState } from "react";

export interface TooltipProps {
  content: ReactNode;
  /** One element that takes a ref and the props of a trigger. */
  children: ReactElement;
  /** A click opens it instead of closing it: for what a click does nothing else on. */
  opensOnClick?: boolean;
}

/** A few words on hover and on keyboard focus. Escape closes it. */
export function Tooltip({ content, children, opensOnClick }: TooltipProps) {
  const [open, setOpen] = useState(false);
  return (
    <Radix.Provider delayDuration={300} skipDelayDuration={200}>
      <Radix.Root open={open} onOpenChange={setOpen}>
        <Radix.Trigger
          asChild
          onClick={(event) => {
            if (!opensOnClick) return;
            event.preventDefault();
            setOpen(true);
          }}
        >
          {children}
        </Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            sideOffset={6}
            collisionPadding={12}
            className="z-[60] max-w-72 rounded-control bg-primary px-2.5 py-1.5 text-xs text-on-primary shadow-pop"
          >
            {content}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
