import { HardDrive } from "lucide-react";
import { formatBytes } from "@/lib/kernel/format";

/** Tells administrators that nothing new is provisioned, and what ends that. */
export function DiskBanner({ freeBytes }: { freeBytes: number }) {
  return (
    <aside
      aria-label="Disk notice"
      className="flex flex-wrap items-center justify-center gap-x-2 border-b bg-warning-soft px-4 py-1.5 text-xs"
    >
      <HardDrive className="size-3.5" aria-hidden />
      <span>
        The data disk is almost full ({formatBytes(freeBytes)} free). New environments, changes and restores
        are blocked. Delete backups, destroy environments or free disk space on the host.
      </span>
    </aside>
  );
}
