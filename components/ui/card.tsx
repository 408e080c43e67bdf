import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

export interface CardProps extends Omit<ComponentProps<"section">, "title"> {
  title?: ReactNode;
  /** Right of the title: a quiet fact ("updated 2 s ago") or a small action. */
  aside?: ReactNode;
  /** Without inner space, for tables and graphs that reach the edges. */
  flush?: boolean;
  /** Dashed: a suggestion rather than a fact. */
  dashed?: boolean;
}

/** A panel. */
export function Card({ title, aside, flush, dashed, className, children, ...rest }: CardProps) {
  return (
    <section
      className={cn(
        "min-w-0 rounded-card border bg-panel shadow-panel",
        dashed && "border-dashed border-line-strong",
        !flush && "px-4 py-3.5",
        flush && "overflow-hidden",
        className,
      )}
      {...rest}
    >
      {title || aside ? (
        <div
          className={cn(
            "flex min-h-5 flex-wrap items-center justify-between gap-x-3 gap-y-1",
            flush ? "border-b px-4 py-3" : "mb-3",
          )}
        >
          {title ? <h2 className="min-w-0 text-sm font-semibold break-words">{title}</h2> : <span />}
          {aside ? (
            <div className="text-xs text-muted [&>a]:align-middle [&>button]:align-middle">{aside}</div>
          ) : null}
        </div>
      ) : null}
      {children}
    </section>
  );
}

export function CardFooter({ className, ...rest }: ComponentProps<"div">) {
  return <div className={cn("-mx-4 mt-3.5 -mb-3.5 border-t px-4 py-3", className)} {...rest} />;
}
