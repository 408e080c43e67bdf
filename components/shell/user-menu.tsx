"use client";

import { ChevronsUpDown, KeyRound, LogOut, Monitor, Moon, Sun } from "lucide-react";
import Link from "next/link";
import { useTheme } from "next-themes";
import { useState } from "react";
import { clearDrafts } from "@/components/requests/use-draft";
import { Avatar } from "@/components/ui/avatar";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { toast } from "@/components/ui/toast";
import type { ShellUser } from "./types";

const themes = [
  { value: "system", label: "System", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
] as const;

export interface UserMenuProps {
  user: ShellUser;
  /** The person's own page: password, tokens, notifications. */
  accountHref?: string;
  signInHref?: string;
}

export function UserMenu({ user, accountHref, signInHref = "/sign-in" }: UserMenuProps) {
  const { theme, setTheme } = useTheme();
  const [leaving, setLeaving] = useState(false);

  async function leave() {
    setLeaving(true);
    // Drafts of forms belong to the user who leaves, also when the portal can't be reached.
    clearDrafts();
    try {
      const { signOut } = await import("next-auth/react");
      await signOut({ callbackUrl: signInHref });
    } catch {
      setLeaving(false);
      toast.error("Couldn’t sign you out", {
        description: "Can’t reach Rostrum. Check your connection and try again.",
      });
    }
  }

  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="flex w-full items-center gap-2.5 rounded-control px-2 py-1.5 text-left hover:bg-hover data-[state=open]:bg-hover">
        <Avatar name={user.name} />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm font-medium">{user.name}</span>
          <span className="block truncate text-xs text-muted">{user.role}</span>
          <span className="sr-only">Account and theme</span>
        </span>
        <ChevronsUpDown className="size-3.5 text-muted" aria-hidden />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" side="top" className="w-64">
        <DropdownMenuLabel className="truncate" title={user.email}>
          {user.email}
        </DropdownMenuLabel>
        {accountHref ? (
          <DropdownMenuItem asChild>
            <Link href={accountHref}>
              <KeyRound aria-hidden />
              Account settings
            </Link>
          </DropdownMenuItem>
        ) : null}
        <DropdownMenuSeparator />
        <DropdownMenuLabel>Theme</DropdownMenuLabel>
        <DropdownMenuRadioGroup value={theme} onValueChange={setTheme}>
          {themes.map(({ value, label, icon: Icon }) => (
            <DropdownMenuRadioItem key={value} value={value} onSelect={(event) => event.preventDefault()}>
              <Icon aria-hidden />
              {label}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <DropdownMenuItem disabled={leaving} onSelect={() => void leave()}>
          <LogOut aria-hidden />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
