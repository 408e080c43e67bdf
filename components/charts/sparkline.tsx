import { cn } from "@/components/ui/cn";

export interface SparklineProps {
  /** Evenly spaced; null is unknown and breaks the line. */
  values: readonly (number | null)[];
  /** Said to screen readers: "CPU, last hour, rising". */
  label: string;
  width?: number;
  height?: number;
  className?: string;
}

/** A small line without axes, drawn on the server. */
export function Sparkline({ values, label, width = 96, height = 24, className }: SparklineProps) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return <span className="text-xs text-muted">unknown</span>;
  const most = known.reduce((a, b) => Math.max(a, b));
  const least = Math.min(
    0,
    known.reduce((a, b) => Math.min(a, b)),
  );
  const range = most - least || 1;
  const step = width / Math.max(1, values.length - 1);
  let pen = "M";
  const path = values
    .map((value, index) => {
      if (value === null) {
        pen = "M";
        return "";
      }
      const y = height - 2 - ((value - least) / range) * (height - 4);
      const part = `${pen}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
      pen = "L";
      return part;
    })
    .join("");
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      className={cn("overflow-visible", className)}
    >
      <path
        d={path}
        fill="none"
        stroke="var(--chart-1)"
        strokeWidth={1.5}
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
