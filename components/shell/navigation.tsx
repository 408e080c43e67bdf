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

const main: NavItem[] = [
  { href: "/", label: "Home" },
  { href: "/catalog", label: "Catalog" },
  { href: "/environments", label: "Environments" },
  { href: "/requests", label: "Requests" },
  { href: "/approvals", label: "Approvals", countLabel: "waiting for you" },
  { href: "/costs", label: "Costs" },
];

export interface NavigationOptions {
  /** Approvals waiting for this person. */
  approvals?: number;
  /** Further main entries, for areas that are installed. */
  extra?: NavItem[];
  /** Administration entries this person may open; empty hides the group. */
  admin?: NavItem[];
}

/** The sidebar's groups for one person. */
export function buildNavigation(options: NavigationOptions = {}): NavGroup[] {
  const withIcon = (item: NavItem): NavItem => ({
    ...item,
    icon: item.icon ?? icons[item.href],
    count: item.href === "/approvals" ? options.approvals : item.count,
  });
  const groups: NavGroup[] = [{ items: [...main, ...(options.extra ?? [])].map(withIcon) }];
  if (options.admin?.length) groups.push({ title: "Administration", items: options.admin.map(withIcon) });
  return groups;
}

/** Every screen in the sidebar as a palette entry. */
export function paletteLinks(groups: readonly NavGroup[]): PaletteLink[] {
  return groups.flatMap((group) =>
    group.items.map((item) => ({ href: item.href, title: item.label, group: group.title ?? "Go to" })),
  );
}
