import type { ReactNode } from "react";

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-[5px] border bg-subtle px-1 font-sans text-2xs text-muted">
      {children}
    </kbd>
  );
}
