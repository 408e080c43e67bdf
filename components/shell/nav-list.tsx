"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { CountBadge } from "@/components/ui/badge";
import { cn } from "@/components/ui/cn";
import { navIcons } from "./nav-icons";
import type { NavGroup, NavItem } from "./types";

export function NavList({ groups, onNavigate }: { groups: readonly NavGroup[]; onNavigate?: () => void }) {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className="grid gap-4">
      {groups.map((group) => (
        <div key={group.title ?? "main"}>
          {group.title ? <p className="mb-1 px-2.5 text-xs text-muted">{group.title}</p> : null}
          <ul className="grid gap-px">
            {group.items.map((item) => (
              <li key={item.href}>
                <NavLink item={item} active={isActive(pathname, item)} onNavigate={onNavigate} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function NavLink(props: { item: NavItem; active: boolean; onNavigate?: () => void }) {
  const { item, active } = props;
  return (
    <Link
      href={item.opens ?? item.href}
      onClick={props.onNavigate}
      aria-current={active ? "page" : undefined}
      className={cn(
        "flex h-8.5 items-center gap-2.5 rounded-control border border-transparent px-2.5 text-ink-soft transition-colors [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted",
        active
          ? "border-line bg-panel font-semibold text-ink shadow-panel [&_svg]:text-ink"
          : "hover:bg-hover",
      )}
    >
      {navIcons[item.href]}
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.count ? <CountBadge count={item.count} label={item.countLabel} /> : null}
    </Link>
  );
}

function isActive(pathname: string, { href, alone, covers = [] }: NavItem): boolean {
  if (alone) return pathname === href;
  return [href, ...covers].some((path) => pathname === path || pathname.startsWith(`${path}/`));
}
