import type { ApiProblem } from "@/components/data/api";
import { Callout } from "@/components/ui/callout";

/** What is wrong with a manifest, each complaint with its line to jump to. */
export function ManifestProblems({
  problem,
  onJump,
}: {
  problem: ApiProblem;
  onJump?: (line: number) => void;
}) {
  return (
    <Callout tone="bad" title={problem.detail ?? problem.title}>
      <ul className="mt-1.5 grid gap-1.5">
        {problem.errors.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list of complaints
          <li key={index} className="grid gap-x-3 sm:grid-cols-[4.5rem_1fr]">
            {one.line && onJump ? (
              <button
                type="button"
                className="justify-self-start rounded-sm text-left font-semibold text-bad-ink underline tabular"
                onClick={() => onJump(one.line ?? 1)}
              >
                Line {one.line}
              </button>
            ) : (
              <span className="font-semibold text-bad-ink tabular">
                {one.line ? `Line ${one.line}` : "File"}
              </span>
            )}
            <span className="min-w-0">
              {one.path ? (
                <code className="mr-1.5 font-mono text-xs break-all text-ink">{one.path}</code>
              ) : null}
              {one.message}
            </span>
          </li>
        ))}
      </ul>
    </Callout>
  );
}
