import Link from "next/link";
import type { ReactNode } from "react";
import { Bell } from "./bell";
import { HelpMenu } from "./help-menu";
import { Mark } from "./mark";
import { NavList } from "./nav-list";
import { paletteLinks } from "./navigation";
import { NavigationProgress } from "./navigation-progress";
import { OfflineBar } from "./offline-bar";
import { Palette } from "./palette";
import { PaletteButton } from "./palette-button";
import { TopBar } from "./top-bar";
import type { NavGroup, PaletteLink, ShellUser } from "./types";
import { UserMenu } from "./user-menu";

export interface AppShellProps {
  user: ShellUser;
  navigation: readonly NavGroup[];
  /** Notifications that are not read yet. */
  unread: number;
  /** Palette entries beyond the screens of the sidebar. */
  links?: readonly PaletteLink[];
  accountHref?: string;
  signInHref?: string;
  /** Above everything: the demo notice. */
  banner?: ReactNode;
  children: ReactNode;
}

/** The frame around every signed-in screen. */
export function AppShell(props: AppShellProps) {
  const { user, navigation, unread, accountHref, signInHref } = props;
  const menu = { user, accountHref, signInHref };
  return (
    <>
      <a
        href="#content"
        className="sr-only z-50 rounded-control bg-primary px-4 py-2 font-semibold text-on-primary focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to content
      </a>
      <NavigationProgress />
      <div className="min-h-dvh lg:grid lg:grid-cols-[14rem_minmax(0,1fr)]">
        <aside
          aria-label="Sidebar"
          className="sticky top-0 hidden h-dvh flex-col gap-3 border-r bg-subtle px-2.5 pt-4 pb-2.5 lg:flex"
        >
          <div className="flex items-center">
            <Link
              href="/"
              className="mr-auto flex items-center gap-2.5 rounded-control px-2.5 py-0.5 text-lg font-semibold tracking-[-0.01em]"
            >
              <Mark /> Rostrum
            </Link>
            <Bell unread={unread} />
            <HelpMenu />
          </div>
          <PaletteButton />
          <div className="relative -mx-1 min-h-0 flex-1 overflow-y-auto px-1 py-0.5 [scrollbar-width:thin]">
            <NavList groups={navigation} />
          </div>
          <div className="border-t pt-2">
            <UserMenu {...menu} />
          </div>
        </aside>
        <div className="flex min-w-0 flex-col">
          <TopBar navigation={navigation} unread={unread} {...menu} />
          <OfflineBar />
          {props.banner}
          <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
            {props.children}
          </main>
        </div>
      </div>
      <Palette links={[...paletteLinks(navigation), ...(props.links ?? [])]} />
    </>
  );
}
