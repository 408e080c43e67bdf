"use client";

import { Stat } from "@/components/ui/stat";
import type { CloudHealth } from "@/lib/features/clouds/schema";
import { useOrphanCount } from "./use-orphan-count";

/** How many resources of Rostrum belong to no environment. The clouds are asked after the page is there: they can take long. */
export function OrphanFigure({ clouds }: { clouds: readonly CloudHealth[] }) {
  const { asked, found, failed } = useOrphanCount(clouds);
  const holders = found.filter((one) => one.count > 0);
  const total = found.reduce((sum, one) => sum + one.count, 0);
  const more = found.some((one) => one.truncated) ? "+" : "";
  const only = holders.length === 1 && failed.length === 0 ? holders[0] : undefined;
  const value = !asked ? "…" : found.length === 0 && failed.length > 0 ? "—" : `${total}${more}`;
  return (
    <Stat
      label="Orphaned resources"
      value={value}
      note={noteOf(asked, failed, holders)}
      noteTone={failed.length > 0 || total > 0 ? "warning" : "neutral"}
      href={only ? `/admin/clouds/${only.id}` : "/admin/clouds"}
    />
  );
}

function noteOf(asked: boolean, failed: readonly string[], holders: readonly { title: string }[]): string {
  if (!asked) return "Checking clouds";
  if (failed.length > 0) return `Couldn’t check ${failed.join(", ")}`;
  return holders.length > 0
    ? `In ${holders.map((one) => one.title).join(", ")}`
    : "Everything has an environment";
}
