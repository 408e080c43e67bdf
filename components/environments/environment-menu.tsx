"use client";

import {
  CalendarPlus,
  Copy,
  CopyPlus,
  Link2,
  MoreHorizontal,
  RotateCw,
  SquareTerminal,
  UserRoundPen,
} from "lucide-react";
import Link from "next/link";
import { useRef, useState } from "react";
import { apiHref } from "@/components/data/api-href";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { copyText } from "@/components/ui/copy-text";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { IconButton } from "@/components/ui/icon-button";
import { ReasonedMenuItem } from "@/components/ui/reasoned-menu-item";
import { toast } from "@/components/ui/toast";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { apiCall } from "./connect-recipes";
import { ExtendDialog } from "./extend-dialog";
import { TransferDialog } from "./transfer-dialog";
import { useChange } from "./use-change";
import { useOwnerOptions } from "./use-owner-options";
import { whyNoChange, whyNotRunning } from "./why-not";

export type MenuTarget = Pick<
  EnvironmentDetail,
  | ("id" | "name" | "status" | "url" | "can" | "activeRunId" | "destroyedAt" | "project" | "owner")
  | ("template" | "leaseEndsAt" | "maxLeaseDays")
>;

export interface EnvironmentMenuProps {
  environment: MenuTarget;
  /** The viewer may request environments in its project. */
  mayRequest: boolean;
}

type Asked = "restart" | "extend" | "transfer";

/** What can be done to an environment beside its main actions. What the viewer's role rules out is absent. */
export function EnvironmentMenu({ environment, mayRequest }: EnvironmentMenuProps) {
  const { id, template, can, project, owner } = environment;
  const [asked, setAsked] = useState<Asked>();
  const button = useRef<HTMLButtonElement>(null);
  const candidates = useOwnerOptions(asked === "transfer", project.id, owner.id);
  const dialogOf = (one: Asked) => ({
    open: asked === one,
    onOpenChange: (open: boolean) => setAsked(open ? one : undefined),
    returnFocusTo: button,
  });
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <IconButton ref={button} label="More actions" variant="outline" size="icon">
            <MoreHorizontal aria-hidden />
          </IconButton>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end" className="max-w-72">
          {can.change ? (
            <>
              <ReasonedMenuItem
                reason={whyNotRunning(environment)}
                icon={<RotateCw />}
                onSelect={() => setAsked("restart")}
              >
                Restart environment…
              </ReasonedMenuItem>
              <ReasonedMenuItem
                reason={whyNoChange(environment)}
                icon={<CalendarPlus />}
                onSelect={() => setAsked("extend")}
              >
                Extend lease…
              </ReasonedMenuItem>
            </>
          ) : null}
          {mayRequest ? (
            <DropdownMenuItem asChild>
              <Link href={`/catalog/${template.name}/request?like=${id}`} prefetch={false}>
                <CopyPlus aria-hidden /> Duplicate request
              </Link>
            </DropdownMenuItem>
          ) : null}
          {can.transfer ? (
            <ReasonedMenuItem reason={null} icon={<UserRoundPen />} onSelect={() => setAsked("transfer")}>
              Transfer environment…
            </ReasonedMenuItem>
          ) : null}
          {can.change || mayRequest || can.transfer ? <DropdownMenuSeparator /> : null}
          <CopyItems environment={environment} />
        </DropdownMenuContent>
      </DropdownMenu>
      <RestartDialog environment={environment} {...dialogOf("restart")} />
      <ExtendDialog environment={environment} {...dialogOf("extend")} />
      <TransferDialog environments={[environment]} candidates={candidates} {...dialogOf("transfer")} />
    </>
  );
}

function CopyItems({ environment: { id, url } }: { environment: MenuTarget }) {
  const copy = async (what: string, text: string) => {
    if (await copyText(text)) toast.success(`${what} copied`);
  };
  return (
    <>
      <DropdownMenuItem onSelect={() => void copy("ID", id)}>
        <Copy aria-hidden /> Copy ID
      </DropdownMenuItem>
      {url ? (
        <DropdownMenuItem onSelect={() => void copy("URL", url)}>
          <Link2 aria-hidden /> Copy URL
        </DropdownMenuItem>
      ) : null}
      <DropdownMenuItem
        onSelect={() =>
          void copy(
            "API call",
            apiCall(window.location.origin, apiHref("/environments/{id}", { path: { id } })),
          )
        }
      >
        <SquareTerminal aria-hidden /> Copy API call
      </DropdownMenuItem>
    </>
  );
}

interface RestartDialogProps {
  environment: MenuTarget;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  returnFocusTo: React.RefObject<HTMLElement | null>;
}

function RestartDialog({ environment, ...control }: RestartDialogProps) {
  const change = useChange(environment.id, { done: `Restarting ${environment.name}…` });
  return (
    <ConfirmDialog
      {...control}
      title={`Restart ${environment.name}?`}
      description="All components restart in the order of their dependencies. Expect a short interruption."
      kept={["All data, addresses and URLs"]}
      confirmLabel="Restart environment"
      tone="primary"
      onConfirm={() => change.run({ kind: "restart" })}
    />
  );
}
