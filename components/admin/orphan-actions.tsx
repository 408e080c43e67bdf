"use client";

import { EyeOff, Link2, MoreHorizontal, Trash2 } from "lucide-react";
import { useState } from "react";
import { apiPost } from "@/components/data/api";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { IconButton } from "@/components/ui/icon-button";
import type { OrphanAction, OrphanDto, OrphanResult } from "@/lib/features/clouds/schema";
import { useWrite } from "./use-write";

export interface OrphanActionsProps {
  cloudId: string;
  orphan: OrphanDto;
  onDone: () => void;
}

const done: Record<OrphanResult["outcome"], string> = {
  adopted: "adopted",
  removed: "removed",
  ignored: "ignored",
  listed: "no longer ignored",
};

/** Gives an orphaned resource back to its environment, deletes it, or leaves it alone for good. */
export function OrphanActions({ cloudId, orphan, onDone }: OrphanActionsProps) {
  const [asking, setAsking] = useState(false);
  const { type, externalId, can } = orphan;
  const write = useWrite(
    (act: { action: Exclude<OrphanAction["action"], "remove"> } | { action: "remove"; confirm: string }) =>
      apiPost("/clouds/{id}/orphans", { path: { id: cloudId }, body: { ...act, type, externalId } }),
    { success: ({ name, outcome }) => `${name} ${done[outcome]}`, onSuccess: onDone },
  );
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <IconButton label={`Actions for ${orphan.name}`} loading={write.pending}>
            <MoreHorizontal aria-hidden />
          </IconButton>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {can.adopt ? (
            <DropdownMenuItem onSelect={() => void write.run({ action: "adopt" })}>
              <Link2 aria-hidden /> Adopt
            </DropdownMenuItem>
          ) : null}
          <DropdownMenuItem onSelect={() => void write.run({ action: can.ignore ? "ignore" : "unignore" })}>
            <EyeOff aria-hidden /> {can.ignore ? "Ignore" : "Stop ignoring"}
          </DropdownMenuItem>
          {can.remove ? (
            <DropdownMenuItem danger onSelect={() => setAsking(true)}>
              <Trash2 aria-hidden /> Remove…
            </DropdownMenuItem>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
      {asking ? (
        <ConfirmDialog
          open
          onOpenChange={setAsking}
          title={`Remove ${orphan.name}?`}
          description="Deletes the resource and all its data from the cloud. This can’t be undone."
          losses={[`${orphan.type} ${orphan.name}`]}
          typeToConfirm={orphan.name}
          confirmLabel="Remove resource"
          onConfirm={() => write.run({ action: "remove", confirm: orphan.name })}
        />
      ) : null}
    </>
  );
}
