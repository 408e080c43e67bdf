import { CircleAlert, CircleCheck, Info, LoaderCircle, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";
import { type Tone, toneLine, toneText } from "./tone";

const icons: Record<Tone, typeof Info> = {
  neutral: Info,
  good: CircleCheck,
  warning: TriangleAlert,
  bad: CircleAlert,
  accent: Info,
  busy: LoaderCircle,
};

const grounds: Record<Tone, string> = {
  neutral: "bg-subtle",
  good: "bg-good-soft",
  warning: "bg-warning-soft",
  bad: "bg-bad-soft",
  accent: "bg-accent-soft",
  busy: "bg-accent-soft",
};

export interface CalloutProps {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}

/** A sentence that must not be missed: what happened, what still stands, what to do. */
export function Callout({ tone = "neutral", title, children, action, className }: CalloutProps) {
  const Icon = icons[tone];
  return (
    <div
      role={tone === "bad" ? "alert" : undefined}
      className={cn(
        "flex flex-wrap items-start gap-x-3 gap-y-2 rounded-card border px-4 py-3",
        grounds[tone],
        toneLine[tone],
        className,
      )}
    >
      <Icon
        aria-hidden
        className={cn("mt-0.5 size-4 shrink-0", toneText[tone], tone === "busy" && "animate-spin")}
      />
      <div className="min-w-0 flex-1 basis-52">
        {title ? <p className={cn("font-semibold", tone !== "neutral" && toneText[tone])}>{title}</p> : null}
        {children ? <div className="text-ink-soft">{children}</div> : null}
      </div>
      {action ? <div className="flex max-w-full shrink-0 flex-wrap gap-2">{action}</div> : null}
    </div>
  );
}
