import {
  BadgeCheck,
  Bell,
  Boxes,
  ChartNoAxesColumn,
  CirclePlay,
  Cloud,
  FileCode,
  FolderKanban,
  House,
  Inbox,
  Layers,
  ListChecks,
  ScrollText,
  ShieldCheck,
  Tag,
  Users,
  Wallet,
} from "lucide-react";
import type { ReactNode } from "react";
import type { NavGroup, NavItem, PaletteLink } from "./types";

const icons: Record<string, ReactNode> = {
  "/": <House />,
  "/catalog": <Layers />,
  "/environments": <Boxes />,
  "/requests": <Inbox />,
  "/approvals": <BadgeCheck />,
  "/costs": <Wallet />,
  "/runs": <CirclePlay />,
  "/reports": <ChartNoAxesColumn />,
  "/notifications": <Bell />,
  "/admin/templates": <FileCode />,
  "/admin/clouds": <Cloud />,
  "/admin/policies": <ShieldCheck />,
  "/admin/prices": <Tag />,
  "/admin/people": <Users />,
  "/admin/projects": <FolderKanban />,
  "/admin/queues": <ListChecks />,
  "/admin/audit": <ScrollText />,
};

const withIcon = (item: NavItem): NavItem => ({ ...item, icon: item.icon ?? icons[item.href] });

/** The sidebar's groups for one person; without administration entries that group is left out. */
export function buildNavigation(main: readonly NavItem[], admin: readonly NavItem[] = []): NavGroup[] {
  const groups: NavGroup[] = [{ items: main.map(withIcon) }];
  if (admin.length > 0) groups.push({ title: "Administration", items: admin.map(withIcon) });
  return groups;
}

/** Every screen in the sidebar as a palette entry. */
export function paletteLinks(groups: readonly NavGroup[]): PaletteLink[] {
  return groups.flatMap((group) =>
    group.items.map((item) => ({ href: item.href, title: item.label, group: group.title ?? "Go to" })),
  );
}
