"use client";

import { type KeyboardEvent, useState } from "react";
import { type FoundPerson, peopleAmong, usePeople } from "./use-people";

export interface PersonListOptions {
  value: string;
  onChange: (email: string) => void;
  searches: boolean;
  /** The only ones to choose from, where they are known; no one else is looked up. */
  among?: readonly FoundPerson[];
}

/** The list below a person's field: what is found, which of it is chosen next, and how keys move through it. */
export function usePersonList({ value, onChange, searches, among }: PersonListOptions) {
  const [asking, setAsking] = useState(false);
  const [active, setActive] = useState(-1);
  const looked = usePeople(value, searches && asking && !among);
  const found = among ? peopleAmong(among, value) : looked;
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
  /** Shows who there is to choose from before anything is typed. */
  function offer() {
    if (among) setAsking(true);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (!open && event.key === "ArrowDown") offer();
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
  return { open, found, active, type, choose, close, offer, onKeyDown };
}
