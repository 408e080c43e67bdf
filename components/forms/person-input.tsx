"use client";

import { Popover as Radix } from "radix-ui";
import { useId } from "react";
import { Avatar } from "@/components/ui/avatar";
import { cn } from "@/components/ui/cn";
import { Input, type InputProps } from "@/components/ui/input";
import { PopoverContent } from "@/components/ui/popover";
import type { FoundPerson } from "./use-people";
import { usePersonList } from "./use-person-list";

export interface PersonInputProps extends Omit<InputProps, "value" | "onChange" | "type" | "role"> {
  /** Email address. */
  value: string;
  onChange: (email: string) => void;
  /** Whether this person may look users up; without, the address is typed as a whole. */
  searches: boolean;
  /** The only ones to choose from, where they are known: offered on a click, too. */
  among?: readonly FoundPerson[];
}

/** Picks a user by name or address; an address that is typed as a whole is taken as well. */
export function PersonInput({ value, onChange, searches, among, ...rest }: PersonInputProps) {
  const list = usePersonList({ value, onChange, searches, among });
  const id = useId();
  const optionId = (index: number) => `${id}-${index}`;
  const combobox = (searches || among) && {
    role: "combobox",
    "aria-autocomplete": "list" as const,
    "aria-expanded": list.open,
    "aria-controls": list.open ? id : undefined,
    "aria-activedescendant": list.active >= 0 ? optionId(list.active) : undefined,
  };
  return (
    <Radix.Root open={list.open}>
      <Radix.Anchor asChild>
        <div>
          <Input
            {...rest}
            {...combobox}
            type="text"
            inputMode="email"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={value}
            onChange={(event) => list.type(event.target.value)}
            onKeyDown={list.onKeyDown}
            onClick={list.offer}
            onBlur={list.close}
          />
        </div>
      </Radix.Anchor>
      <PopoverContent
        align="start"
        className="w-(--radix-popover-trigger-width) min-w-64 p-1"
        onOpenAutoFocus={(event) => event.preventDefault()}
        onCloseAutoFocus={(event) => event.preventDefault()}
      >
        <div role="listbox" id={id} aria-label="Users">
          {list.found.map((person, index) => (
            <div
              key={person.id}
              id={optionId(index)}
              role="option"
              tabIndex={-1}
              aria-selected={index === list.active}
              // Before the field loses the focus, which would close the list.
              onPointerDown={(event) => {
                event.preventDefault();
                list.choose(person);
              }}
              className={cn(
                "flex cursor-default items-center gap-2.5 rounded-control px-2.5 py-1.5 hover:bg-hover",
                index === list.active && "bg-hover",
              )}
            >
              <Avatar name={person.name} />
              <span className="min-w-0">
                <span className="block truncate font-medium">{person.name}</span>
                <span className="block truncate text-xs text-muted">{person.email}</span>
              </span>
            </div>
          ))}
        </div>
      </PopoverContent>
    </Radix.Root>
  );
}
