"use client";

import { type RefObject, useState } from "react";

export interface DialogControl {
  /** Leave out when the dialog opens by its own trigger. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Where the focus goes when it closes, where no trigger of its own opened it. */
  returnFocusTo?: RefObject<HTMLElement | null>;
}

/** Whether a dialog is open, by its own trigger or by who controls it. */
export function useDialogOpen(control: DialogControl): [boolean, (open: boolean) => void] {
  const [ownOpen, setOwnOpen] = useState(false);
  const setOpen = (open: boolean) => {
    setOwnOpen(open);
    control.onOpenChange?.(open);
  };
  return [control.open ?? ownOpen, setOpen];
}

/** For `onCloseAutoFocus` of a dialog. */
export function returningTo(target: RefObject<HTMLElement | null> | undefined) {
  if (!target) return undefined;
  return (event: Event) => {
    event.preventDefault();
    target.current?.focus();
  };
}
