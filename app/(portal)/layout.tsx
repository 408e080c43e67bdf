import type { ReactNode } from "react";
import { AppShell } from "@/components/shell/app-shell";
import { DemoBanner } from "@/components/shell/demo-banner";
import { buildNavigation } from "@/components/shell/navigation";
import { countWaitingApprovals } from "@/lib/features/approvals";
import { countUnread } from "@/lib/features/notifications";
import { can } from "@/lib/platform/auth";
import { adminItems, moreItems, roleWord } from "./navigation";
import { getViewer } from "./viewer";

/** Every signed-in screen: one frame, drawn for the person who looks. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const viewer = await getViewer();
  const [approvals, unread] = await Promise.all([countWaitingApprovals(viewer), countUnread(viewer.userId)]);
  return (
    <AppShell
      user={{ name: viewer.name, email: viewer.email, role: roleWord(viewer) }}
      navigation={buildNavigation({ approvals, extra: moreItems(viewer, unread), admin: adminItems(viewer) })}
      accountHref="/account"
      banner={viewer.isDemo ? <DemoBanner removable={can(viewer, "settings.manage")} /> : null}
    >
      {children}
    </AppShell>
  );
}
