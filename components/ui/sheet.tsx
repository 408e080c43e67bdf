"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn";
import { overlayClasses } from "./dialog";

export const Sheet = Radix.Root;
export const SheetTrigger = Radix.Trigger;

export interface SheetContentProps {
  title: string;
  side?: "left" | "right";
  /** The title is written at the top; otherwise it is for screen readers only. */
  showTitle?: boolean;
  className?: string;
  /** Where the focus goes when it closes; its trigger otherwise. */
  onReturnFocus?: () => void;
  children: ReactNode;
}

/** A panel from the side: navigation on phones, details beside a list. */
export function SheetContent(props: SheetContentProps) {
  const { title, side = "left", showTitle, className, onReturnFocus, children } = props;
  return (
    <Radix.Portal>
      <Radix.Overlay className={overlayClasses} />
      <Radix.Content
        aria-describedby={undefined}
        onCloseAutoFocus={
          onReturnFocus
            ? (event) => {
                event.preventDefault();
                onReturnFocus();
              }
            : undefined
        }
        className={cn(
          "fixed inset-y-0 z-50 flex w-[min(20rem,calc(100vw-3rem))] flex-col bg-panel shadow-pop outline-none data-[state=closed]:animate-out data-[state=open]:animate-in",
          side === "left"
            ? "left-0 border-r data-[state=closed]:slide-out-to-left data-[state=open]:slide-in-from-left"
            : "right-0 w-[min(36rem,calc(100vw-1.5rem))] border-l data-[state=closed]:slide-out-to-right data-[state=open]:slide-in-from-right",
          className,
        )}
      >
        <Radix.Title className={showTitle ? "border-b py-4 pr-14 pl-5 text-lg font-semibold" : "sr-only"}>
          {title}
        </Radix.Title>
        <Radix.Close
          aria-label="Close"
          title="Close"
          className="absolute top-3 right-3 z-10 rounded-control p-2 text-muted hover:bg-hover hover:text-ink"
        >
          <X className="size-4" aria-hidden />
        </Radix.Close>
        <div className="relative min-h-0 flex-1 overflow-y-auto">{children}</div>
      </Radix.Content>
    </Radix.Portal>
  );
}
