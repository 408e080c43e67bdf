"use client";

import { Search } from "lucide-react";
import { useState } from "react";
import { apiGet } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { type OrphanDto, orphanKindLabels } from "@/lib/features/clouds/schema";
import { formatCount } from "@/lib/kernel/format";
import { OrphanActions } from "./orphan-actions";

interface Found {
  items: OrphanDto[];
  truncated: boolean;
}

/** Asks the cloud what exists on it, and shows what Rostrum has no resource for. Searching removes nothing. */
export function OrphanSearch({ cloudId, manages }: { cloudId: string; manages: boolean }) {
  const [found, setFound] = useState<Found>();
  const [ignored, setIgnored] = useState(false);
  const look = useAction(
    (withIgnored: boolean) =>
      apiGet("/clouds/{id}/orphans", {
        path: { id: cloudId },
        query: { ignored: withIgnored ? "true" : "false" },
      }),
    { onSuccess: setFound },
  );
  const show = (withIgnored: boolean) => {
    setIgnored(withIgnored);
    void look.run(withIgnored);
  };
  return (
    <Card
      title="Orphaned resources"
      aside={found ? formatCount(found.items.length, "resource") : undefined}
      flush
    >
      {found && found.items.length > 0 ? (
        <Orphans found={found} cloudId={cloudId} manages={manages} onDone={() => void look.run(ignored)} />
      ) : null}
      <div className="flex flex-wrap items-center justify-between gap-3 px-4 py-3.5">
        <p className="min-w-0 flex-1 basis-64 text-muted">
          {found?.items.length === 0
            ? "No orphaned resources found. Everything on this cloud belongs to an environment."
            : "Resources without an environment: left behind by Rostrum, or created outside it. Rostrum removes only its own."}
        </p>
        {found ? (
          <Button size="sm" variant="ghost" onClick={() => show(!ignored)}>
            {ignored ? "Hide ignored" : "Show ignored"}
          </Button>
        ) : null}
        <Button size="sm" loading={look.pending} onClick={() => show(ignored)}>
          <Search aria-hidden /> {found ? "Search again" : "Search"}
        </Button>
      </div>
    </Card>
  );
}

interface OrphansProps {
  found: Found;
  cloudId: string;
  manages: boolean;
  onDone: () => void;
}

function Orphans({ found, cloudId, manages, onDone }: OrphansProps) {
  return (
    <div className="border-b">
      <Table caption="Orphaned resources">
        <TableHead>
          <tr>
            <TableHeader>Name</TableHeader>
            <TableHeader>Type</TableHeader>
            <TableHeader>Origin</TableHeader>
            <TableHeader numeric>Created</TableHeader>
            {manages ? (
              <TableHeader>
                <span className="sr-only">Actions</span>
              </TableHeader>
            ) : null}
          </tr>
        </TableHead>
        <TableBody>
          {found.items.map((one) => (
            <TableRow key={`${one.type} ${one.externalId}`}>
              <TableCell>
                <span className="block font-medium break-all">{one.name}</span>
                <span className="font-mono text-xs break-all text-muted">{one.externalId}</span>
              </TableCell>
              <TableCell>{one.type}</TableCell>
              <TableCell>
                <Status tone={one.kind === "managed" ? "warning" : "neutral"}>{originOf(one)}</Status>
              </TableCell>
              <TableCell numeric>
                <Time value={one.createdAt} className="text-muted" />
              </TableCell>
              {manages ? (
                <TableCell className="text-right">
                  <OrphanActions cloudId={cloudId} orphan={one} onDone={onDone} />
                </TableCell>
              ) : null}
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {found.truncated ? (
        <p className="px-4 py-2 text-xs text-muted">
          Showing the first {formatCount(found.items.length, "result")}
        </p>
      ) : null}
    </div>
  );
}

function originOf({ kind, ignored, environment }: OrphanDto): string {
  const origin = `${orphanKindLabels[kind]}${environment ? `, ${environment.name}` : ""}`;
  return ignored ? `${origin}, ignored` : origin;
}
