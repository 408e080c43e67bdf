import type { ReactNode } from "react";
import { AppShell } from "@/components/shell/app-shell";
import { DemoBanner } from "@/components/shell/demo-banner";
import { buildNavigation } from "@/components/shell/navigation";
import { countWaitingApprovals } from "@/lib/features/approvals";
import { can } from "@/lib/platform/auth";
import { adminItems, roleWord } from "./navigation";
import { getViewer } from "./viewer";

/** Every signed-in screen: one frame, drawn for the person who looks. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const viewer = await getViewer();
  const approvals = await countWaitingApprovals(viewer);
  return (
    <AppShell
      user={{ name: viewer.name, email: viewer.email, role: roleWord(viewer) }}
      navigation={buildNavigation({ approvals, admin: adminItems(viewer) })}
      accountHref="/account"
      banner={viewer.isDemo ? <DemoBanner removable={can(viewer, "settings.manage")} /> : null}
    >
      {children}
    </AppShell>
  );
}
