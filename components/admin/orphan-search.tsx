"use client";

import { Search } from "lucide-react";
import { useState } from "react";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { OrphanDto } from "@/lib/features/clouds/schema";
import { formatCount } from "@/lib/kernel/format";

interface Found {
  items: OrphanDto[];
  truncated: boolean;
}

/** Asks the cloud what exists on it, and shows what Rostrum has no resource for. Nothing is removed by looking. */
export function OrphanSearch({ cloudId }: { cloudId: string }) {
  const [found, setFound] = useState<Found>();
  const look = useAction(() => apiFetch<Found>(`/clouds/${cloudId}/orphans`), { onSuccess: setFound });
  return (
    <Card
      title="What nobody answers for"
      aside={found ? formatCount(found.items.length, "thing") : undefined}
      flush
    >
      {found && found.items.length > 0 ? <Orphans found={found} /> : null}
      <div className="flex flex-wrap items-center justify-between gap-3 px-4 py-3.5">
        <p className="min-w-0 flex-1 basis-64 text-muted">
          {found?.items.length === 0
            ? "Everything on this cloud belongs to an environment."
            : "What exists on the cloud although no environment holds it: left behind, or made by somebody else."}
        </p>
        <Button size="sm" loading={look.pending} onClick={() => void look.run()}>
          <Search aria-hidden /> {found ? "Look again" : "Look"}
        </Button>
      </div>
    </Card>
  );
}

function Orphans({ found }: { found: Found }) {
  return (
    <div className="border-b">
      <Table caption="Things without an environment">
        <TableHead>
          <tr>
            <TableHeader>Name</TableHeader>
            <TableHeader>Kind</TableHeader>
            <TableHeader>Whose</TableHeader>
            <TableHeader numeric>Made</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {found.items.map((one) => (
            <TableRow key={one.externalId}>
              <TableCell>
                <span className="block font-medium break-all">{one.name}</span>
                <span className="font-mono text-xs break-all text-muted">{one.externalId}</span>
              </TableCell>
              <TableCell>{one.type}</TableCell>
              <TableCell>
                <Status tone={one.kind === "ours" ? "warning" : "neutral"}>
                  {one.kind === "ours" ? "Left behind by Rostrum" : "Not Rostrum's"}
                </Status>
              </TableCell>
              <TableCell numeric>
                <Time value={one.createdAt} className="text-muted" />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {found.truncated ? (
        <p className="px-4 py-2 text-xs text-muted">There is more than is shown here.</p>
      ) : null}
    </div>
  );
}
