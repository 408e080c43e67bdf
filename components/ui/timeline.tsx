import type { ReactNode } from "react";
import { Dot } from "./status";
import type { Tone } from "./tone";

export interface TimelineItem {
  key: string;
  tone?: Tone;
  title: ReactNode;
  /** Below, quiet: when and who. */
  meta?: ReactNode;
  children?: ReactNode;
}

/** What happened, newest or oldest first as given. */
export function Timeline({ items, label }: { items: readonly TimelineItem[]; label: string }) {
  return (
    <ol aria-label={label} className="grid">
      {items.map((item) => (
        <li key={item.key} className="group relative flex gap-3 pb-4 last:pb-0">
          <span aria-hidden className="absolute top-4 bottom-0 left-[3px] w-px bg-line group-last:hidden" />
          <Dot tone={item.tone ?? "neutral"} className="mt-[7px]" />
          <div className="min-w-0 flex-1">
            <div className="[overflow-wrap:anywhere]">{item.title}</div>
            {item.meta ? <div className="text-xs text-muted">{item.meta}</div> : null}
            {item.children ? <div className="mt-1.5">{item.children}</div> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}
