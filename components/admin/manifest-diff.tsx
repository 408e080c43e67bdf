import { cn } from "@/components/ui/cn";
import { formatCount } from "@/lib/kernel/format";
import { type DiffLine, lineDiff } from "@/lib/kernel/line-diff";
import { escapeLines } from "@/lib/kernel/text";

const looks: Record<DiffLine["kind"], { mark: string; word: string; className: string }> = {
  same: { mark: " ", word: "", className: "" },
  added: { mark: "+", word: "added: ", className: "bg-good-soft text-good-ink" },
  removed: { mark: "−", word: "removed: ", className: "bg-bad-soft text-bad-ink" },
  skipped: { mark: "", word: "", className: "bg-subtle text-muted" },
};

/** Two manifests, what changed between them. */
export function ManifestDiff({ before, after }: { before: string; after: string }) {
  const lines = lineDiff(before, after);
  if (lines.length === 0)
    return <p className="px-4 py-8 text-center text-muted">The manifests are identical.</p>;
  return <DiffLines lines={lines} label="Changes" />;
}

/** Changed lines of a text and a few around them. What would hide in a line is written out. */
export function DiffLines({ lines, label }: { lines: readonly DiffLine[]; label: string }) {
  return (
    <section
      className="relative max-h-[70vh] overflow-auto outline-offset-[-2px]"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable region must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
    >
      <pre className="py-2 font-mono text-xs">
        <code className="block w-max min-w-full">
          {lines.map((line, index) => {
            const look = looks[line.kind];
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
              <span key={index} className={cn("block px-3 leading-5", look.className)}>
                {line.kind === "skipped" ? (
                  <span className="pl-12">… {formatCount(Number(line.text), "unchanged line")}</span>
                ) : (
                  <>
                    <span className="mr-3 inline-block w-9 text-right select-none tabular">{line.line}</span>
                    <span aria-hidden className="mr-2 inline-block w-2 select-none">
                      {look.mark}
                    </span>
                    {look.word ? <span className="sr-only">{look.word}</span> : null}
                    {escapeLines(line.text)}
                  </>
                )}
                {"\n"}
              </span>
            );
          })}
        </code>
      </pre>
    </section>
  );
}
