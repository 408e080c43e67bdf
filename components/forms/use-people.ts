"use client";

import { useEffect, useState } from "react";
import { apiGet } from "@/components/data/api";

/** A user as the picker shows them. */
export interface FoundPerson {
  id: string;
  name: string;
  email: string;
}

/** Those of a list whose name or address holds the words; all while there are none. */
export function peopleAmong(people: readonly FoundPerson[], words: string): readonly FoundPerson[] {
  const text = words.trim().toLowerCase();
  return people
    .filter(({ name, email }) => name.toLowerCase().includes(text) || email.toLowerCase().includes(text))
    .slice(0, shown);
}

const debounceMs = 160;
const shown = 6;
const none: readonly FoundPerson[] = [];

/** Active users whose name or address holds these words; none while the words are too few, or no one may search. */
export function usePeople(words: string, enabled: boolean): readonly FoundPerson[] {
  const [found, setFound] = useState(none);
  const text = words.trim();
  const asks = enabled && text.length >= 2;
  useEffect(() => {
    if (!asks) return setFound(none);
    const abort = new AbortController();
    const query = { q: text, disabled: "false", limit: shown };
    const timer = setTimeout(async () => {
      try {
        const answer = await apiGet("/users", { query, signal: abort.signal });
        setFound(answer.items);
      } catch {
        // Suggestions are a help: without them the address is typed as a whole.
        if (!abort.signal.aborted) setFound(none);
      }
    }, debounceMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, asks]);
  return found;
}
