import type { ReactNode } from "react";
import { cn } from "./cn";

export interface EmptyStateProps {
  icon?: ReactNode;
  title: ReactNode;
  /** One sentence: why it is empty or what would be here. */
  children?: ReactNode;
  /** The next action. */
  action?: ReactNode;
  className?: string;
}

export function EmptyState({ icon, title, children, action, className }: EmptyStateProps) {
  return (
    <div className={cn("flex flex-col items-center px-6 py-14 text-center", className)}>
      {icon ? (
        <div
          aria-hidden
          className="mb-4 flex size-10 items-center justify-center rounded-card border bg-subtle text-muted [&_svg]:size-5"
        >
          {icon}
        </div>
      ) : null}
      <p className="font-semibold">{title}</p>
      {children ? <p className="mt-1 max-w-sm text-muted">{children}</p> : null}
      {action ? <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
