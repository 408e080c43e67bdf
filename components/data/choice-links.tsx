import Link from "next/link";
import { cn } from "@/components/ui/cn";

export interface ChoiceLinksProps {
  label: string;
  items: readonly { label: string; href: string; active: boolean }[];
}

/** Two to six views of the same page side by side; the one in force stands in the address. */
export function ChoiceLinks({ label, items }: ChoiceLinksProps) {
  return (
    <nav
      aria-label={label}
      className="relative inline-flex max-w-full justify-self-start gap-0.5 overflow-x-auto rounded-control border bg-subtle p-0.5"
    >
      {items.map((item) => (
        <Link
          key={item.href}
          href={item.href}
          scroll={false}
          aria-current={item.active ? "true" : undefined}
          className={cn(
            "inline-flex h-7 items-center rounded-md px-2.5 text-xs font-medium whitespace-nowrap text-muted hover:text-ink",
            item.active && "bg-panel text-ink shadow-[0_0_0_1px_var(--line-strong)]",
          )}
        >
          {item.label}
        </Link>
      ))}
    </nav>
  );
}
