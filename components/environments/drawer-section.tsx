import type { ReactNode } from "react";

export interface DrawerSectionProps {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}

/** A titled part of the details of a component. */
export function DrawerSection({ title, aside, children }: DrawerSectionProps) {
  return (
    <section aria-label={title}>
      <div className="mb-2 flex items-center justify-between gap-3">
        <h3 className="text-sm font-semibold">{title}</h3>
        {aside ? <div className="text-xs text-muted">{aside}</div> : null}
      </div>
      {children}
    </section>
  );
}
