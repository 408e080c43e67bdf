import { Status } from "@/components/ui/status";
import type { VersionCheck } from "@/lib/features/catalog/schema";
import { checkLooks } from "./looks";

/** What the automated checks found. */
export function CheckList({ checks }: { checks: readonly VersionCheck[] }) {
  if (checks.length === 0) return <p className="text-muted">Checks run on submission for review.</p>;
  return (
    <ul className="grid divide-y">
      {checks.map((check) => (
        <li key={check.name} className="py-2 first:pt-0 last:pb-0">
          <div className="flex items-baseline justify-between gap-3">
            <span>{check.title}</span>
            <Status tone={checkLooks[check.state].tone}>{checkLooks[check.state].word}</Status>
          </div>
          {check.messages.map((message) => (
            <p key={message} className="mt-1 text-xs text-muted">
              {message}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}
