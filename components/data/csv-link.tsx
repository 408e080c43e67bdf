import { Download } from "lucide-react";
import { cn } from "@/components/ui/cn";

/** A list's rows as a file, from an address of `csvHref`. */
export function CsvLink({ href, className }: { href: string; className?: string }) {
  return (
    <a
      href={href}
      download
      className={cn(
        "inline-flex items-center gap-1 rounded-sm text-xs text-muted hover:text-ink hover:underline",
        className,
      )}
    >
      <Download className="size-3.5" aria-hidden /> Export CSV
    </a>
  );
}
