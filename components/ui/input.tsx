import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

export const controlClasses =
  "w-full rounded-control border border-line-strong bg-panel px-3 text-ink outline-none transition-[border-color,box-shadow] placeholder:text-muted/80 focus-visible:border-accent-ink focus-visible:ring-3 focus-visible:ring-accent/15 focus-visible:outline-none disabled:cursor-not-allowed disabled:bg-subtle disabled:text-muted aria-invalid:border-bad aria-invalid:focus-visible:ring-bad/15 dark:focus-visible:ring-accent/35";

export interface InputProps extends ComponentProps<"input"> {
  /** Quiet text inside the right edge: a unit or the allowed range. */
  suffix?: ReactNode;
  /** An icon inside the left edge. */
  icon?: ReactNode;
}

export function Input({ className, suffix, icon, ...rest }: InputProps) {
  const input = (
    <input className={cn(controlClasses, "h-9.5", icon && "pl-9", suffix && "pr-28", className)} {...rest} />
  );
  if (!suffix && !icon) return input;
  return (
    <div className="relative w-full">
      {icon ? (
        <span
          className="pointer-events-none absolute inset-y-0 left-3 flex items-center text-muted [&_svg]:size-4"
          aria-hidden
        >
          {icon}
        </span>
      ) : null}
      {input}
      {suffix ? (
        <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-xs text-muted">
          {suffix}
        </span>
      ) : null}
    </div>
  );
}

export function Textarea({ className, rows = 3, ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={rows} className={cn(controlClasses, "min-h-16 py-2", className)} {...rest} />;
}
