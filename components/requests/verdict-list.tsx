import { Status } from "@/components/ui/status";
import type { Verdict } from "@/lib/features/policies/schema";
import { effectLooks } from "./looks";

/** What every rule said, the strictest first. */
export function VerdictList({ verdicts }: { verdicts: readonly Verdict[] }) {
  if (verdicts.length === 0) return <p className="text-muted">No policy checks apply</p>;
  const order = ["deny", "require_approval", "warn", "allow"];
  const sorted = [...verdicts].sort(
    (left, right) => order.indexOf(left.effect) - order.indexOf(right.effect),
  );
  return (
    <ul className="grid divide-y">
      {sorted.map((verdict) => {
        const look = effectLooks[verdict.effect];
        return (
          <li
            key={verdict.policy}
            className="grid gap-x-4 gap-y-0.5 py-2.5 first:pt-0 last:pb-0 sm:grid-cols-[9rem_1fr]"
          >
            <Status tone={look.tone}>{look.word}</Status>
            <span className="min-w-0">
              <span className="block">{verdict.reason}</span>
              <span className="block text-xs text-muted">{verdict.title}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
