import { cn } from "./cn";

export interface MeterProps {
  /** Already in use, in the unit of `max`. */
  used: number;
  /** What this change would add. */
  added?: number;
  max: number;
  /** The sentence the bar stands for: "11 of 16 cores". */
  label: string;
  /** Writes the sentence above the bar; otherwise it is for screen readers only. */
  showLabel?: boolean;
  className?: string;
}

/** How much of a limit is used, and how much a change adds. Over the limit it says so and turns red. */
export function Meter({ used, added = 0, max, label, showLabel, className }: MeterProps) {
  const share = (value: number) => (max > 0 ? Math.min(100, Math.max(0, (value / max) * 100)) : 0);
  const usedShare = share(used);
  const addedShare = Math.min(100 - usedShare, share(added));
  const over = max > 0 && used + added > max;
  return (
    <div className={cn("grid gap-1.5", className)}>
      {showLabel ? (
        <p className={cn("text-xs", over ? "text-bad-ink" : "text-muted")}>
          {label}
          {over ? ", over the limit" : ""}
        </p>
      ) : null}
      {/* biome-ignore lint/a11y/useSemanticElements: the native element cannot show two segments */}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={Math.min(used + added, max)}
        aria-valuetext={over ? `${label}, over the limit` : label}
        className="flex h-1.5 overflow-hidden rounded-full bg-track"
      >
        <span className={cn("h-full", over ? "bg-bad" : "bg-primary")} style={{ width: `${usedShare}%` }} />
        <span
          className={cn("h-full", over ? "bg-bad/70" : "bg-accent")}
          style={{ width: `${addedShare}%` }}
        />
      </div>
    </div>
  );
}

/** Progress of work: a share between 0 and 1, or unknown when absent. */
export function Progress({ value, label, className }: { value?: number; label: string; className?: string }) {
  const known = value !== undefined && Number.isFinite(value);
  const percent = known ? Math.round(Math.min(1, Math.max(0, value)) * 100) : undefined;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={cn("h-1.5 overflow-hidden rounded-full bg-track", className)}
    >
      <div
        className={cn(
          "h-full rounded-full bg-accent transition-[width] duration-500",
          !known && "w-1/3 animate-breathe",
        )}
        style={known ? { width: `${percent}%` } : undefined}
      />
    </div>
  );
}
