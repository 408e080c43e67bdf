"use client";

import { Copy, Ellipsis, Link as LinkIcon } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { copyText } from "@/components/ui/copy-text";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { SheetIcon } from "@/components/ui/icon-sheet";
import { toast } from "@/components/ui/toast";
import { WhenUsed } from "@/components/ui/when-used";

/** The icon of every row's button, for the list's IconSheet. */
export const rowMenuIcons = { more: <Ellipsis /> };

export interface RowMenuProps {
  /** The row's name, for the button's: "Actions for checkout". */
  name: string;
  /** The row's own page. */
  href: string;
  id: string;
  /** What else can be done with the row. */
  children?: ReactNode;
}

const buttonClasses =
  "inline-grid size-7 place-items-center rounded-control text-muted hover:bg-hover hover:text-ink data-[state=open]:bg-hover";

/** A row's ⋯ menu. Until it's opened there is only its button: a page has a hundred rows. */
export function RowMenu(props: RowMenuProps) {
  return (
    <WhenUsed
      opens="menu"
      title="Actions"
      aria-label={`Actions for ${props.name}`}
      className={buttonClasses}
      render={(button) => (
        <DropdownMenu defaultOpen>
          <DropdownMenuTrigger {...button} />
          <RowMenuContent {...props} />
        </DropdownMenu>
      )}
    >
      <SheetIcon name="more" className="size-4" />
    </WhenUsed>
  );
}

function RowMenuContent({ href, id, children }: RowMenuProps) {
  const copy = async (text: string, done: string) => {
    if (await copyText(text)) toast.success(done);
  };
  return (
    <DropdownMenuContent align="end">
      <RowMenuLink href={href}>Open</RowMenuLink>
      {children}
      <DropdownMenuSeparator />
      <DropdownMenuItem onSelect={() => void copy(id, "ID copied")}>
        <Copy aria-hidden /> Copy ID
      </DropdownMenuItem>
      <DropdownMenuItem onSelect={() => void copy(new URL(href, location.href).href, "Link copied")}>
        <LinkIcon aria-hidden /> Copy link
      </DropdownMenuItem>
    </DropdownMenuContent>
  );
}

/** An entry that leads to a page, or out of Rostrum in a tab of its own. */
export function RowMenuLink(props: { href: string; external?: boolean; children: ReactNode }) {
  return (
    <DropdownMenuItem asChild>
      {props.external ? (
        <a href={props.href} target="_blank" rel="noreferrer">
          {props.children}
        </a>
      ) : (
        <Link href={props.href}>{props.children}</Link>
      )}
    </DropdownMenuItem>
  );
}
