"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";
import { ScrollBody } from "./scroll-body";

export const Dialog = Radix.Root;
export const DialogTrigger = Radix.Trigger;

export const overlayClasses =
  "fixed inset-0 z-50 bg-overlay data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0";

export interface DialogContentProps extends Omit<ComponentProps<typeof Radix.Content>, "title"> {
  title: ReactNode;
  description?: ReactNode;
  /** The row of actions at the bottom. */
  footer?: ReactNode;
  wide?: boolean;
}

/** A window above the page with title, text and actions; full-width at the bottom on phones. */
export function DialogContent({
  title,
  description,
  footer,
  wide,
  className,
  children,
  ...rest
}: DialogContentProps) {
  return (
    <Radix.Portal>
      <Radix.Overlay className={overlayClasses} />
      <Radix.Content
        className={cn(
          "fixed inset-x-3 bottom-3 z-50 flex max-h-[calc(100dvh-1.5rem)] flex-col overflow-hidden rounded-card border bg-raised shadow-pop outline-none data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98 sm:inset-x-auto sm:top-[12vh] sm:bottom-auto sm:left-1/2 sm:max-h-[80vh] sm:w-full sm:-translate-x-1/2",
          wide ? "sm:max-w-2xl" : "sm:max-w-md",
          className,
        )}
        {...(description ? {} : { "aria-describedby": undefined })}
        {...rest}
      >
        <div className="flex items-start justify-between gap-4 px-5 pt-4.5">
          <div className="min-w-0">
            <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
            {description ? (
              <Radix.Description className="mt-1 text-muted">{description}</Radix.Description>
            ) : null}
          </div>
          <Radix.Close
            className="-mt-1 -mr-2 rounded-control p-2 text-muted hover:bg-hover hover:text-ink"
            aria-label="Close"
            title="Close"
          >
            <X className="size-4" aria-hidden />
          </Radix.Close>
        </div>
        <ScrollBody className="py-4">{children}</ScrollBody>
        {footer ? (
          <div className="flex flex-wrap justify-end gap-2 border-t bg-subtle px-5 py-3">{footer}</div>
        ) : null}
      </Radix.Content>
    </Radix.Portal>
  );
}
