import { initials } from "@/lib/kernel/format";
import { cn } from "./cn";

/** A person's or team's initials. Decoration: the name stands beside it. */
export function Avatar({ name, size = "md" }: { name: string; size?: "sm" | "md" }) {
  return (
    <span
      aria-hidden
      className={cn(
        "inline-flex shrink-0 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent-ink",
        size === "sm" ? "size-5 text-[9px]" : "size-7 text-2xs",
      )}
    >
      {initials(name)}
    </span>
  );
}
