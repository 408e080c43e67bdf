import type { ReactNode } from "react";
import { cn } from "./cn";
import { CopyButton } from "./copy-button";

/** Machine text within a sentence. */
export function Mono({ children, className }: { children: ReactNode; className?: string }) {
  return <code className={cn("font-mono text-[0.92em] break-all", className)}>{children}</code>;
}

export interface CodeBlockProps {
  code: string;
  /** Said to screen readers: what this text is. */
  label: string;
  /** Lines to mark, counted from 1. */
  marked?: ReadonlySet<number> | readonly number[];
  lineNumbers?: boolean;
  copy?: boolean;
  className?: string;
}

/** A block of machine text with optional line numbers and marked lines. */
export function CodeBlock({ code, label, marked, lineNumbers, copy = true, className }: CodeBlockProps) {
  const marks = new Set(marked ?? []);
  const lines = code.replace(/\n$/, "").split("\n");
  return (
    <div className={cn("group relative min-w-0 overflow-hidden rounded-control border bg-subtle", className)}>
      {copy ? (
        <CopyButton
          value={code}
          label="Copy"
          className="absolute top-1.5 right-1.5 z-10 bg-subtle opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
        />
      ) : null}
      <section
        className="relative max-h-[inherit] overflow-auto outline-offset-[-2px]"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable region must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
      >
        <pre className="py-2.5 font-mono text-xs">
          <code className="block w-max min-w-full">
            {lines.map((line, index) => (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
                key={index}
                className={cn("block px-3.5", marks.has(index + 1) && "bg-bad-soft text-bad-ink")}
              >
                {lineNumbers ? (
                  <span className="mr-4 inline-block w-8 text-right text-muted select-none tabular">
                    {index + 1}
                  </span>
                ) : null}
                {line || " "}
                {"\n"}
              </span>
            ))}
          </code>
        </pre>
      </section>
    </div>
  );
}
