import { headers } from "next/headers";
import { cache, type ReactNode } from "react";
import { AppShell } from "@/components/shell/app-shell";
import { DemoBanner } from "@/components/shell/demo-banner";
import { DiskBanner } from "@/components/shell/disk-banner";
import { buildNavigation } from "@/components/shell/navigation";
import { PasswordBanner } from "@/components/shell/password-banner";
import { listDemoUsers } from "@/lib/features/identity";
import { countUnread } from "@/lib/features/notifications";
import { hasDemoData } from "@/lib/features/setup";
import { can, type PersonActor } from "@/lib/platform/auth";
import { readDiskRoom } from "@/lib/platform/storage";
import { waitingApprovals } from "./counts";
import { adminItems, mainItems, paletteActions, roleWord } from "./navigation";
import { tabLinks } from "./tabs";

/**
 * What the frame says, read and put together once per request: Next draws the page of addresses that lead nowhere along
 * with every other page, and it has the same frame.
 */
const frameOf = cache(async (viewer: PersonActor) => {
  const administers = can(viewer, "settings.manage");
  const [approvals, unread, demo, people, disk] = await Promise.all([
    waitingApprovals(viewer),
    countUnread(viewer.userId),
    hasDemoData(),
    // No one but a demo user is offered to be another one.
    viewer.isDemo ? listDemoUsers(await headers()) : [],
    // A file system that does not answer is told of by readiness; pages are drawn without it.
    administers ? readDiskRoom().catch(() => null) : null,
  ]);
  return {
    user: { name: viewer.name, email: viewer.email, role: roleWord(viewer) },
    navigation: buildNavigation(mainItems(viewer, approvals), adminItems(viewer)),
    unread,
    links: [...tabLinks(viewer), ...paletteActions(viewer)],
    banner: (
      <>
        {viewer.passwordEndsAt ? <PasswordBanner endsAt={viewer.passwordEndsAt.toISOString()} /> : null}
        {disk?.low ? <DiskBanner freeBytes={disk.freeBytes} /> : null}
        {demo ? (
          <DemoBanner
            removable={administers}
            people={people.map(({ id, name, role }) => ({ id, name, role }))}
            currentId={viewer.userId}
          />
        ) : null}
      </>
    ),
  };
});

/** The frame of every signed-in screen, drawn for the person who looks. */
export async function PortalFrame({ viewer, children }: { viewer: PersonActor; children: ReactNode }) {
  return (
    <AppShell {...(await frameOf(viewer))} accountHref="/account">
      {children}
    </AppShell>
  );
}
