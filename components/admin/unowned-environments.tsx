import Link from "next/link";
import { type OwnerOption, TransferDialog } from "@/components/environments/transfer-dialog";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { formatCount } from "@/lib/kernel/format";

export interface UnownedEnvironmentsProps {
  environments: readonly { id: string; name: string; owner: { name: string } }[];
  candidates: readonly OwnerOption[];
  /** Whether there are more than are listed. */
  more: boolean;
}

/** Environments of a project whose owners are disabled or left, to be transferred one by one or together. */
export function UnownedEnvironments({ environments, candidates, more }: UnownedEnvironmentsProps) {
  if (environments.length === 0) return null;
  return (
    <Card
      title="Unowned environments"
      aside={
        environments.length > 1 ? (
          <TransferDialog
            environments={environments}
            candidates={candidates}
            trigger={<Button size="sm">Transfer all…</Button>}
          />
        ) : (
          formatCount(environments.length, "environment")
        )
      }
      flush
    >
      <p className="border-b px-4 py-2.5 text-sm text-muted">
        The owners are disabled or no longer members.
        {more ? ` Showing the first ${environments.length}.` : ""}
      </p>
      <ul className="divide-y">
        {environments.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center justify-between gap-3 px-4 py-2.5">
            <div className="min-w-0">
              <Link href={`/environments/${one.id}`} className="link-quiet font-medium">
                {one.name}
              </Link>
              <p className="text-xs text-muted">{one.owner.name}</p>
            </div>
            <TransferDialog
              environments={[one]}
              candidates={candidates}
              trigger={
                <Button size="sm" aria-label={`Transfer ${one.name}`}>
                  Transfer…
                </Button>
              }
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}
