import { DiffList, DiffRow, DiffValue } from "@/components/ui/diff";
import { Money } from "@/components/ui/money";
import type { PlanDto } from "@/lib/features/requests/schema";
import { formatCount } from "@/lib/kernel/format";
import { actionWord, diffActionOf, type PlanRowAction } from "./looks";
import { changeWords, monthlyOf, valueText } from "./plan-model";

export interface PlanChangesProps {
  plan: Pick<PlanDto, "changes" | "cost">;
  /** Also what stays as it is, and every changed value. */
  full?: boolean;
  /** Where each runs, when they differ. */
  showCloud?: boolean;
}

/** A plan as a diff: one row per component, in words and figures. */
export function PlanChanges({ plan, full, showCloud }: PlanChangesProps) {
  const shown = full ? plan.changes : plan.changes.filter((change) => change.action !== "no-op");
  const untouched = plan.changes.length - shown.length;
  if (plan.changes.length === 0) return <p className="text-muted">No changes</p>;
  return (
    <>
      <DiffList>
        {shown.flatMap(rowsOf).map((change) => {
          const monthly = ["delete", "copy"].includes(change.action)
            ? "0"
            : monthlyOf(plan.cost, change.component);
          const word = actionWord(change.action);
          return (
            <DiffRow
              key={`${change.component} ${change.action} ${change.cloud.id}`}
              action={diffActionOf(change.action)}
              title={change.title}
              showWord={full && !word}
              detail={[word, changeWords(change), showCloud || change.from ? `on ${change.cloud.name}` : ""]
                .filter(Boolean)
                .join(" · ")}
              aside={<Money amount={monthly} currency={plan.cost.currency} />}
            >
              {full && tells(change) ? <Details change={change} /> : null}
            </DiffRow>
          );
        })}
      </DiffList>
      {untouched > 0 ? (
        <p className="mt-2 text-xs text-muted">{formatCount(untouched, "component")} unchanged</p>
      ) : null}
    </>
  );
}

type Change = Omit<PlanDto["changes"][number], "action"> & { action: PlanRowAction };

/** A move is three things: it is created in one cloud, its data is copied there, and it is deleted in the other. */
function rowsOf(change: Change): Change[] {
  const { from } = change;
  if (change.action !== "move" || !from) return [change];
  const carried =
    change.carries === "volumes"
      ? "Volumes are copied before the switch."
      : change.carries === "dump"
        ? "Data is copied by dump and restore before the switch."
        : "No data to copy.";
  return [
    { ...change, action: "create" as const, before: null, reason: "" },
    ...(change.carries === "nothing"
      ? []
      : [{ ...change, action: "copy" as const, reason: carried, diff: [] }]),
    {
      ...change,
      action: "delete" as const,
      cloud: from,
      reason: "Deleted after the environment works without it.",
      diff: [],
    },
  ];
}

/** Of what is new there is nothing to compare, and its mark says why. */
function tells(change: Change): boolean {
  return change.action !== "create" && (change.reason !== "" || change.diff.some(isNews));
}

/** Sizes and replicas stand in words in the headline; their raw figures would say it twice. */
function isNews({ path }: Change["diff"][number]): boolean {
  return path !== "replicas" && !path.startsWith("size.");
}

/** Reasons come with and without a capital and a full stop. */
function sentence(text: string): string {
  const begun = /^[a-z]+(?:[ ;,]|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

function Details({ change }: { change: Change }) {
  const values = change.diff.filter(isNews);
  return (
    <div className="grid gap-1">
      {change.reason ? (
        <p className="text-xs text-muted">
          {sentence(change.reason)}
          {change.disruptive ? " Causes a brief interruption." : ""}
        </p>
      ) : null}
      {values.map((entry) => (
        <DiffValue
          key={entry.path}
          name={entry.path}
          before={entry.secret ? "••••••" : valueText(entry.before)}
          after={entry.secret ? "••••••" : valueText(entry.after)}
          unknown={entry.unknown}
        />
      ))}
    </div>
  );
}
