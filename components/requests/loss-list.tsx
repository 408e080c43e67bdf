import { Callout } from "@/components/ui/callout";
import type { Loss } from "@/lib/features/requests/schema";

/** What a plan deletes, each in a sentence: data first, then backups and addresses. Nothing when it deletes nothing. */
export function LossList({ losses }: { losses: readonly Loss[] }) {
  if (losses.length === 0) return null;
  const uncopied = losses.some((one) => one.kind === "data" && !one.safetyCopy);
  return (
    <Callout tone={uncopied ? "bad" : "warning"} title="Will be deleted">
      <ul className="grid list-disc gap-1 pl-4">
        {losses.map((loss) => (
          <li key={`${loss.kind} ${loss.component} ${loss.name}`} className="[overflow-wrap:anywhere]">
            {loss.sentence}
          </li>
        ))}
      </ul>
    </Callout>
  );
}
