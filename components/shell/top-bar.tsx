"use client";

import { Menu } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Sheet, SheetContent, SheetTrigger } from "@/components/ui/sheet";
import { Bell } from "./bell";
import { HelpMenu } from "./help-menu";
import { Mark } from "./mark";
import { NavList } from "./nav-list";
import { PaletteButton } from "./palette-button";
import type { NavGroup } from "./types";
import { UserMenu, type UserMenuProps } from "./user-menu";

interface TopBarProps extends UserMenuProps {
  navigation: readonly NavGroup[];
  /** Notifications that are not read yet. */
  unread: number;
}

/** The phone's way around: mark, search and a sheet with the sidebar's content. */
export function TopBar({ navigation, unread, ...menu }: TopBarProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className="sticky top-0 z-30 flex h-13 items-center gap-1 border-b bg-subtle/95 px-2 backdrop-blur lg:hidden">
      <Sheet open={open} onOpenChange={setOpen}>
        <SheetTrigger
          className="rounded-control p-2 text-ink-soft hover:bg-hover"
          aria-label="Open navigation"
          title="Open navigation"
        >
          <Menu className="size-5" aria-hidden />
        </SheetTrigger>
        <SheetContent title="Navigation" className="bg-subtle">
          <div className="flex min-h-full flex-col gap-4 p-3">
            <Link
              href="/"
              onClick={() => setOpen(false)}
              className="flex items-center gap-2.5 px-2.5 py-1.5 text-lg font-semibold"
            >
              <Mark /> Rostrum
            </Link>
            <NavList groups={navigation} onNavigate={() => setOpen(false)} />
            <div className="mt-auto border-t pt-2">
              <UserMenu {...menu} />
            </div>
          </div>
        </SheetContent>
      </Sheet>
      <Link href="/" className="flex items-center gap-2 rounded-control px-1.5 py-1 font-semibold">
        <Mark /> Rostrum
      </Link>
      <PaletteButton compact className="ml-auto" />
      <Bell unread={unread} />
      <HelpMenu />
    </div>
  );
}
