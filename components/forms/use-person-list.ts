"use client";

import { type KeyboardEvent, useState } from "react";
import { type FoundPerson, usePeople } from "./use-people";

export interface PersonListOptions {
  value: string;
  onChange: (email: string) => void;
  searches: boolean;
}

/** The list below a person's field: what is found, which of it is chosen next, and how keys move through it. */
export function usePersonList({ value, onChange, searches }: PersonListOptions) {
  const [asking, setAsking] = useState(false);
  const [active, setActive] = useState(-1);
  const found = usePeople(value, searches && asking);
  const open = asking && found.length > 0;

  function type(text: string) {
    setAsking(true);
    setActive(-1);
    onChange(text);
  }
  function choose(person: FoundPerson) {
    setAsking(false);
    setActive(-1);
    onChange(person.email);
  }
  function close() {
    setAsking(false);
    setActive(-1);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (!open || event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // Over the ends lies the field itself, where nothing is chosen.
      setActive((at) => ((at + 1 + step + found.length + 1) % (found.length + 1)) - 1);
      return;
    }
    const person = found[active];
    if (event.key === "Enter" && person) {
      event.preventDefault();
      choose(person);
    }
    if (event.key === "Escape") {
      // Closes the list, and not the dialog around it.
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  }
  return { open, found, active, type, choose, close, onKeyDown };
}
