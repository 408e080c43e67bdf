"use client";

import type { ReactNode } from "react";
import { DropdownMenuItem, type DropdownMenuItemProps } from "./dropdown-menu";

export interface ReasonedMenuItemProps extends Omit<DropdownMenuItemProps, "disabled"> {
  /** Why it can't be chosen now, as a sentence; null when it can. */
  reason: string | null;
  icon: ReactNode;
}

/** A menu item that says below its name why it can't be chosen. */
export function ReasonedMenuItem({ reason, icon, children, ...rest }: ReasonedMenuItemProps) {
  return (
    <DropdownMenuItem disabled={reason !== null} {...rest}>
      <span aria-hidden>{icon}</span>
      <span>
        {children}
        {reason ? <span className="block text-xs">{reason}</span> : null}
      </span>
    </DropdownMenuItem>
  );
}
