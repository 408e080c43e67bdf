import type { ReactNode } from "react";
import { cn } from "./cn";

export type DiffAction = "create" | "update" | "replace" | "delete" | "no-op";

const marks: Record<DiffAction, { mark: string; word: string; tone: string }> = {
  create: { mark: "+", word: "create", tone: "text-good-ink" },
  update: { mark: "~", word: "update in place", tone: "text-warning-ink" },
  replace: { mark: "±", word: "replace", tone: "text-bad-ink" },
  delete: { mark: "−", word: "delete", tone: "text-bad-ink" },
  "no-op": { mark: "=", word: "no change", tone: "text-muted" },
};

export interface DiffRowProps {
  action: DiffAction;
  title: ReactNode;
  /** Quiet words after the title: "1 replica, 0.5 core". */
  detail?: ReactNode;
  /** Right: usually the price difference. */
  aside?: ReactNode;
  /** Writes the action out, where the mark alone may not be understood. */
  showWord?: boolean;
  children?: ReactNode;
}

/** One changed thing of a plan. Put rows in a DiffList. */
export function DiffRow({ action, title, detail, aside, showWord, children }: DiffRowProps) {
  const { mark, word, tone } = marks[action];
  return (
    <li className="py-2.5 first:pt-0 last:pb-0">
      <div className="flex items-baseline justify-between gap-4">
        <div className="min-w-0">
          <span aria-hidden className={cn("mr-1.5 inline-block w-3 font-mono font-semibold", tone)}>
            {mark}
          </span>
          <span className={cn(action === "delete" && "line-through decoration-bad-ink/50")}>{title}</span>
          <span className={showWord ? cn("ml-2 text-xs", tone) : "sr-only"}> {word}</span>
          {detail ? <span className="ml-1.5 text-xs text-muted">{detail}</span> : null}
        </div>
        {aside ? <div className="shrink-0 tabular">{aside}</div> : null}
      </div>
      {children ? <div className="mt-1.5 ml-4.5">{children}</div> : null}
    </li>
  );
}

export function DiffList({ children, className }: { children: ReactNode; className?: string }) {
  return <ul className={cn("divide-y", className)}>{children}</ul>;
}

/** One attribute's old and new value. Absent means it was or will be unset; `unknown` known only after apply. */
export function DiffValue(props: {
  name: string;
  before?: string | null;
  after?: string | null;
  unknown?: boolean;
}) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-2 font-mono text-xs">
      <span className="text-muted">{props.name}</span>
      {props.before == null ? null : (
        <del className="text-bad-ink decoration-bad-ink/40 [overflow-wrap:anywhere]">{props.before}</del>
      )}
      <span aria-hidden className="text-muted">
        →
      </span>
      {props.unknown ? (
        <span className="text-muted italic">known after apply</span>
      ) : (
        <ins className="text-good-ink no-underline [overflow-wrap:anywhere]">{props.after ?? "unset"}</ins>
      )}
    </div>
  );
}
