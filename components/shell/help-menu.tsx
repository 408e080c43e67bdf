"use client";

import { BookOpen, CircleHelp, GraduationCap, Keyboard, Sparkles } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { ShortcutsDialog } from "./shortcuts-dialog";

/** Where to read on: guides, the reference, the keys, what changed. */
export function HelpMenu() {
  const [keys, setKeys] = useState(false);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger
          aria-label="Help"
          title="Help"
          className="rounded-control p-2 text-muted hover:bg-hover hover:text-ink data-[state=open]:bg-hover data-[state=open]:text-ink"
        >
          <CircleHelp className="size-4.5" aria-hidden />
        </DropdownMenuTrigger>
        <DropdownMenuContent align="start" className="w-56">
          <DropdownMenuItem asChild>
            <Link href="/guides/writing-a-template">
              <GraduationCap aria-hidden />
              Guides
            </Link>
          </DropdownMenuItem>
          <DropdownMenuItem asChild>
            <Link href="/docs/api">
              <BookOpen aria-hidden />
              API reference
            </Link>
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => setKeys(true)}>
            <Keyboard aria-hidden />
            Keyboard shortcuts
          </DropdownMenuItem>
          <DropdownMenuItem asChild>
            <Link href="/whats-new">
              <Sparkles aria-hidden />
              What’s new
            </Link>
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <ShortcutsDialog open={keys} onOpenChange={setKeys} />
    </>
  );
}
