import type { ReactNode } from "react";
import { Breadcrumb, type Crumb } from "./breadcrumb";
import { cn } from "./cn";

export interface PageHeaderProps {
  title: ReactNode;
  /** Right after the title: a Status pill or a version badge. */
  status?: ReactNode;
  /** One line of facts, joined by " · ". */
  description?: ReactNode;
  breadcrumb?: readonly Crumb[];
  actions?: ReactNode;
  className?: string;
}

/** The top of every screen: where, what, how it is, what can be done. */
export function PageHeader({ title, status, description, breadcrumb, actions, className }: PageHeaderProps) {
  return (
    <header className={cn("grid gap-2.5", className)}>
      {breadcrumb?.length ? <Breadcrumb items={breadcrumb} /> : null}
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
            <h1 className="min-w-0 text-2xl font-semibold tracking-[-0.02em] break-words">{title}</h1>
            {status}
          </div>
          {description ? <p className="mt-1 text-muted max-sm:mt-1.5">{description}</p> : null}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}

/** The frame of a screen's content: one width and one rhythm everywhere. */
export function Page({
  children,
  className,
  narrow,
}: {
  children: ReactNode;
  className?: string;
  narrow?: boolean;
}) {
  return (
    <div
      className={cn(
        "mx-auto grid w-full min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-5 px-4 py-5 sm:px-8 sm:py-6",
        narrow ? "max-w-3xl" : "max-w-[1440px]",
        className,
      )}
    >
      {children}
    </div>
  );
}
