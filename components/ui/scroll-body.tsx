"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { cn } from "./cn";

/** The middle of a dialog. Where it doesn't fit it scrolls, and can then be reached and scrolled by keyboard. */
export function ScrollBody({ className, children }: { className?: string; children: ReactNode }) {
  const outer = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const [view, content] = [outer.current, inner.current];
    if (!view || !content) return;
    const observer = new ResizeObserver(() => setScrolls(view.scrollHeight > view.clientHeight));
    observer.observe(view);
    observer.observe(content);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={outer}
      className="relative min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]"
      tabIndex={scrolls ? 0 : undefined}
    >
      <div ref={inner} className={cn("px-5", className)}>
        {children}
      </div>
    </div>
  );
}
