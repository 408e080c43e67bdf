import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "./cn";
import { type Tone, toneText } from "./tone";

export interface StatProps {
  label: ReactNode;
  value: ReactNode;
  /** Small, right after the figure: "of about €42.10". */
  of?: ReactNode;
  /** Below the figure. */
  note?: ReactNode;
  noteTone?: Tone;
  href?: string;
  /** As a panel of its own; otherwise bare, for use inside a card. */
  panel?: boolean;
  children?: ReactNode;
  className?: string;
}

/** One figure that answers one question. */
export function Stat({
  label,
  value,
  of,
  note,
  noteTone = "neutral",
  href,
  panel = true,
  children,
  className,
}: StatProps) {
  const classes = cn(
    "block min-w-0",
    panel && "rounded-card border bg-panel px-4 py-3 shadow-panel",
    href && panel && "transition-colors hover:border-line-strong",
    className,
  );
  const body = (
    <>
      <span className="block text-xs text-muted">{label}</span>
      <span className="mt-0.5 flex flex-wrap items-baseline gap-x-1.5">
        <span className="text-xl font-semibold tracking-[-0.015em] tabular">{value}</span>
        {of ? <span className="text-xs font-medium text-muted tabular">{of}</span> : null}
      </span>
      {note ? <span className={cn("mt-0.5 block text-xs", toneText[noteTone])}>{note}</span> : null}
      {children ? <span className="mt-2 block">{children}</span> : null}
    </>
  );
  if (!href) return <div className={classes}>{body}</div>;
  return (
    <Link href={href} className={classes}>
      {body}
    </Link>
  );
}
