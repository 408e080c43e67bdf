import type { ReactNode } from "react";
import { cn } from "./cn";
import { type Tone, toneDot, toneSoft, toneText } from "./tone";

export interface StatusProps {
  tone: Tone;
  /** The word: status is never told by color alone. */
  children: ReactNode;
  /** "pill" beside titles, "plain" in tables and lists. */
  look?: "pill" | "plain";
  className?: string;
}

/** A dot with a word. */
export function Status({ tone, children, look = "plain", className }: StatusProps) {
  return (
    <span
      className={cn(
        "inline-flex items-center gap-1.5 whitespace-nowrap",
        look === "pill"
          ? cn("rounded-full px-2 text-xs font-semibold", toneSoft[tone])
          : tone === "bad" || tone === "warning"
            ? toneText[tone]
            : "text-ink",
        className,
      )}
    >
      <Dot tone={tone} />
      {children}
    </span>
  );
}

export function Dot({ tone, className }: { tone: Tone; className?: string }) {
  return <span aria-hidden className={cn("size-[7px] shrink-0 rounded-full", toneDot[tone], className)} />;
}
