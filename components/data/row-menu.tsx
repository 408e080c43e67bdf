"use client";

import { Copy, Ellipsis, Link as LinkIcon } from "lucide-react";
import Link from "next/link";
import { type KeyboardEvent as KeyPress, type ReactNode, useEffect, useRef, useState } from "react";
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

/** The keys that open a menu. */
const openingKeys = ["Enter", " ", "ArrowDown"];

/** A row's ⋯ menu. Until it's opened there is only its button: a page has a hundred rows. */
export function RowMenu(props: RowMenuProps) {
  const [opened, setOpened] = useState<{ key: string | null } | null>(null);
  const button = {
    type: "button",
    title: "Actions",
    "aria-label": `Actions for ${props.name}`,
    className: buttonClasses,
    children: <SheetIcon name="more" className="size-4" />,
  } as const;
  if (opened) return <OpenedRowMenu {...props} button={button} openingKey={opened.key} />;
  const openByKey = (event: KeyPress) => {
    if (!openingKeys.includes(event.key)) return;
    event.preventDefault();
    setOpened({ key: event.key });
  };
  return (
    <button
      {...button}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setOpened({ key: null })}
      onKeyDown={openByKey}
    />
  );
}

interface OpenedRowMenuProps extends RowMenuProps {
  button: { className: string; children: ReactNode };
  /** Null when it was opened by a click. */
  openingKey: string | null;
}

/** The menu in place of its button. A key is passed on to it: only one that it has seen moves the focus to its first entry. */
function OpenedRowMenu({ button, openingKey, ...content }: OpenedRowMenuProps) {
  const trigger = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (openingKey === null) return;
    trigger.current?.focus();
    const press = new KeyboardEvent("keydown", { key: openingKey, bubbles: true, cancelable: true });
    trigger.current?.dispatchEvent(press);
  }, [openingKey]);
  return (
    <DropdownMenu defaultOpen={openingKey === null}>
      <DropdownMenuTrigger ref={trigger} {...button} />
      <RowMenuContent {...content} />
    </DropdownMenu>
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
