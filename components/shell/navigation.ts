import type { NavGroup, NavItem, PaletteLink } from "./types";

/** The sidebar's groups for one person; without administration entries that group is left out. */
export function buildNavigation(main: readonly NavItem[], admin: readonly NavItem[] = []): NavGroup[] {
  const groups: NavGroup[] = [{ items: [...main] }];
  if (admin.length > 0) groups.push({ title: "Administration", items: [...admin] });
  return groups;
}

/** Every screen in the sidebar as a palette entry. */
export function paletteLinks(groups: readonly NavGroup[]): PaletteLink[] {
  return groups.flatMap((group) =>
    group.items.map(({ href, label, keywords }) => ({
      href,
      title: label,
      keywords,
      group: group.title ?? "Go to",
    })),
  );
}
