import type { PaletteLink } from "@/components/shell/types";
import type { LinkTab } from "@/components/ui/tabs";
import { canSomewhere, type Permission, type PersonActor } from "@/lib/platform/auth";
import { doors } from "./navigation";

/** The tabs of a page that a person has a use for. */
type Tabs = (LinkTab & { shown?: boolean })[];

const shownOf = (tabs: Tabs): LinkTab[] =>
  tabs.filter((tab) => tab.shown !== false).map(({ shown: _shown, ...tab }) => tab);

export function requestTabs(viewer: PersonActor, approvals: number): LinkTab[] {
  return shownOf([
    {
      href: "/requests/approvals",
      label: "To approve",
      count: approvals,
      shown: canSomewhere(viewer, "request.decide"),
    },
    { href: "/requests/mine", label: "Mine", shown: canSomewhere(viewer, "environment.request") },
    { href: "/requests", label: "All", exact: true },
    { href: "/requests/runs", label: "Runs", shown: canSomewhere(viewer, "run.read") },
  ]);
}

export function costTabs(viewer: PersonActor): LinkTab[] {
  return shownOf([
    { href: "/costs", label: "Overview", exact: true },
    { href: "/costs/budgets", label: "Budgets" },
    { href: "/costs/statements", label: "Statements" },
    { href: "/costs/prices", label: "Price book", shown: doors["/costs/prices"].allows(viewer) },
  ]);
}

export function insightTabs(viewer: PersonActor): LinkTab[] {
  return shownOf([
    { href: "/insights", label: "Usage", exact: true },
    { href: "/insights/fulfillment", label: "Fulfillment" },
    { href: "/insights/reclaimable", label: "Reclaimable" },
    { href: "/insights/capacity", label: "Capacity", shown: doors["/insights/capacity"].allows(viewer) },
  ]);
}

/** Words that people knew the pages by. */
const keywords: Readonly<Record<string, string[]>> = {
  "/requests/approvals": ["approvals", "pending"],
  "/insights": ["reports", "reliance"],
  "/insights/reclaimable": ["reports", "sprawl"],
  "/insights/fulfillment": ["reports"],
};

/** Every tab as an entry of the palette, named with its section. Those that the sidebar opens are left out. */
export function tabLinks(viewer: PersonActor): PaletteLink[] {
  const sections: [string, LinkTab[]][] = [
    ["Requests", requestTabs(viewer, 0)],
    ["Costs", costTabs(viewer)],
    ["Insights", insightTabs(viewer)],
  ];
  return sections.flatMap(([section, tabs]) =>
    tabs
      .filter((tab) => !tab.exact)
      .map(({ href, label }) => ({
        href,
        title: `${section}: ${label}`,
        keywords: keywords[href],
        group: "Go to",
      })),
  );
}

export function projectTabs(project: { slug: string }, may: (permission: Permission) => boolean): LinkTab[] {
  const home = `/projects/${project.slug}`;
  return shownOf([
    { href: home, label: "Overview", exact: true },
    { href: `${home}/environments`, label: "Environments", shown: may("environment.read") },
    { href: `${home}/members`, label: "Members" },
    { href: `${home}/limits`, label: "Limits" },
    { href: `${home}/costs`, label: "Costs", shown: may("cost.read") },
    { href: `${home}/activity`, label: "Activity", shown: may("request.read") },
  ]);
}
