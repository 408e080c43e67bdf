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
        The disk of the data directory is almost full ({formatBytes(freeBytes)} free). New environments,
        changes and restores are refused until there is room: delete backups, destroy environments or free
        space on the host.
      </span>
    </aside>
  );
}
