"use client";

import { ChevronDown, LoaderCircle } from "lucide-react";
import { apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { type DemoRole, type DemoUser, demoRoleLabels, demoRoles } from "@/lib/features/identity/schema";

export interface DemoSwitcherProps {
  people: readonly DemoUser[];
  currentId: string;
}

/** Continues as another demo user, on the home page: not everyone has the page that is open. */
export function DemoSwitcher({ people, currentId }: DemoSwitcherProps) {
  const change = useAction(
    (role: DemoRole) => apiPost("/demo/session", { body: { role } }),
    // A full load: nothing drawn for the one may stay on the other's screen.
    { onSuccess: () => window.location.assign("/") },
  );
  const current = people.find(({ id }) => id === currentId);
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        disabled={change.pending}
        className="flex items-center gap-1 rounded-sm font-medium text-ink underline-offset-3 hover:underline disabled:opacity-60"
      >
        View as: {current ? demoRoleLabels[current.role].title : "Demo user"}
        {change.pending ? (
          <LoaderCircle className="size-3.5 animate-spin" aria-hidden />
        ) : (
          <ChevronDown className="size-3.5" aria-hidden />
        )}
      </DropdownMenuTrigger>
      <DropdownMenuContent align="center" className="w-80 max-w-[calc(100vw-2rem)]">
        <DropdownMenuRadioGroup
          aria-label="Demo user"
          value={current?.role ?? ""}
          onValueChange={(value) => {
            const role = demoRoles.find((one) => one === value);
            if (role && role !== current?.role) void change.run(role);
          }}
        >
          {people.map(({ id, role, name }) => (
            <DropdownMenuRadioItem key={id} value={role}>
              <span className="min-w-0">
                <span className="block font-medium">
                  {demoRoleLabels[role].title} <span className="font-normal text-muted">{name}</span>
                </span>
                <span className="block text-xs text-muted">{demoRoleLabels[role].sentence}</span>
              </span>
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
