import type { ReactNode } from "react";
import { Mark } from "./mark";

export interface FailureProps {
  title: string;
  /** What still stands: people fear the worst. */
  standing: ReactNode;
  /** What to do now. */
  todo: ReactNode;
  /** Quoted when asking for help. */
  reference?: string;
  actions?: ReactNode;
}

/** Whom to turn to when an error stays. Errors of the browser have no ID. */
export function supportSentence(errorId: string | undefined): string {
  const include = errorId ? " and include the error ID below" : "";
  return `If the problem persists, contact an administrator${include}.`;
}

/** A page that can’t be shown: what happened, what is not affected, what to do. */
export function Failure({ title, standing, todo, reference, actions }: FailureProps) {
  return (
    <div className="flex min-h-[70dvh] items-center justify-center px-4 py-12">
      <div className="w-full max-w-md">
        <Mark className="size-8" />
        <h1 className="mt-5 text-2xl font-semibold tracking-[-0.02em]">{title}</h1>
        <p className="mt-2 text-ink-soft">{standing}</p>
        <p className="mt-2 text-ink-soft">{todo}</p>
        {actions ? <div className="mt-5 flex flex-wrap gap-2">{actions}</div> : null}
        {reference ? (
          <p className="mt-6 border-t pt-3 text-xs text-muted">
            Error ID <code className="font-mono text-ink-soft select-all">{reference}</code>
          </p>
        ) : null}
      </div>
    </div>
  );
}
