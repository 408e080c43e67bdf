import type { ReactNode } from "react";
import { cn } from "./cn";

/** A grey shape where something will be. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-shimmer rounded-md bg-track", className)} />;
}

/** Announces loading once for a whole region of skeletons. */
export function SkeletonRegion({ label = "Loading", children }: { label?: string; children: ReactNode }) {
  return (
    <div role="status" aria-live="polite">
      <span className="sr-only">{label}</span>
      {children}
    </div>
  );
}

export function PageHeaderSkeleton({ tabs = 0 }: { tabs?: number }) {
  return (
    <div className="grid gap-3">
      <Skeleton className="h-3.5 w-40" />
      <Skeleton className="h-7 w-64 max-w-full" />
      <Skeleton className="h-4 w-96 max-w-full" />
      {tabs > 0 ? (
        <div className="mt-3 flex gap-5 border-b pb-3">
          {range(tabs).map((tab) => (
            <Skeleton key={tab} className="h-4 w-16" />
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** Search and filters above a list. */
export function ToolbarSkeleton({ filters = 3 }: { filters?: number }) {
  return (
    <div className="flex flex-wrap gap-2">
      <Skeleton className="h-8.5 w-full rounded-control sm:w-72" />
      {range(filters).map((filter) => (
        <Skeleton key={filter} className="h-8.5 w-28 rounded-control" />
      ))}
    </div>
  );
}

/** Figures in a row. */
export function StatRowSkeleton({ stats = 4 }: { stats?: number }) {
  return (
    <div className="grid grid-cols-2 gap-3 sm:gap-4 lg:auto-cols-fr lg:grid-flow-col lg:grid-cols-none">
      {range(stats).map((stat) => (
        <div key={stat} className="rounded-card border bg-panel px-4 py-3.5">
          <Skeleton className="h-3 w-20" />
          <Skeleton className="mt-2.5 h-5 w-24" />
        </div>
      ))}
    </div>
  );
}

/** Two columns as most screens of one thing have them: what it is, and facts beside. */
export function AsideSkeleton({ children, aside }: { children: ReactNode; aside: ReactNode }) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="grid min-w-0 gap-4">{children}</div>
      <div className="grid min-w-0 gap-4">{aside}</div>
    </div>
  );
}

export function TableSkeleton({ rows = 8, columns = 5 }: { rows?: number; columns?: number }) {
  return (
    <div className="overflow-hidden rounded-card border bg-panel">
      <div className="flex gap-6 border-b px-4 py-3">
        {range(columns).map((column) => (
          <Skeleton key={column} className="h-3 w-16 flex-1" />
        ))}
      </div>
      {range(rows).map((row) => (
        <div key={row} className="flex gap-6 border-b px-4 py-3.5 last:border-b-0">
          {range(columns).map((column) => (
            <div key={column} className="flex-1">
              <Skeleton className={cn("h-3.5", column === 0 ? "w-4/5" : "w-1/2")} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

export function CardSkeleton({ lines = 3, className }: { lines?: number; className?: string }) {
  return (
    <div className={cn("rounded-card border bg-panel px-4 py-3.5", className)}>
      <Skeleton className="mb-4 h-3.5 w-24" />
      <div className="grid gap-3">
        {range(lines).map((line) => (
          <div key={line} className="flex justify-between gap-8">
            <Skeleton className="h-3.5 w-2/5" />
            <Skeleton className="h-3.5 w-1/5" />
          </div>
        ))}
      </div>
    </div>
  );
}

export function ChartSkeleton({ height = 160 }: { height?: number }) {
  return <div aria-hidden className="animate-shimmer rounded-control bg-subtle" style={{ height }} />;
}

export function CardGridSkeleton({ cards = 6 }: { cards?: number }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
      {range(cards).map((card) => (
        <CardSkeleton key={card} />
      ))}
    </div>
  );
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
