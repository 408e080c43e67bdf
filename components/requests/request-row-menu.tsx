"use client";

import { useState } from "react";
import { RowMenu, RowMenuLink } from "@/components/data/row-menu";
import { DropdownMenuItem } from "@/components/ui/dropdown-menu";
import { type RequestSummary, requestKindLabels } from "@/lib/features/requests/schema";
import { CancelRequest } from "./request-actions";

/** What can be done with a request from its list. */
export function RequestRowMenu({ row, cancels }: { row: RequestSummary; cancels: boolean }) {
  const [canceling, setCanceling] = useState(false);
  const { id, runId, status } = row;
  const running = status === "running";
  const cancelable = cancels && (running || status === "pending_approval");
  return (
    <>
      <RowMenu
        name={`${requestKindLabels[row.kind]}: ${row.environmentName}`}
        href={`/requests/${id}`}
        id={id}
      >
        <RowMenuLink href={`/environments/${row.environmentId}`}>Open environment</RowMenuLink>
        {runId ? <RowMenuLink href={`/runs/${runId}`}>Open run</RowMenuLink> : null}
        {cancelable ? (
          <DropdownMenuItem danger onSelect={() => setCanceling(true)}>
            {running ? "Cancel run…" : "Cancel request…"}
          </DropdownMenuItem>
        ) : null}
      </RowMenu>
      {canceling ? (
        <CancelRequest id={id} running={running} dialog={{ open: true, onOpenChange: setCanceling }} />
      ) : null}
    </>
  );
}
