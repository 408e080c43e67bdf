"use client";

import { useEffect, useRef, useState } from "react";

/**
 * State that survives a reload and a session that ended, for as long as the tab lives.
 * @param storable what of it may be kept (no secrets)
 */
export function useDraft<State extends object>(
  key: string,
  initial: State,
  storable: (state: State) => Partial<State>,
): [State, (change: Partial<State>) => void, () => void] {
  const [state, setState] = useState(initial);
  const loaded = useRef(false);
  const forgotten = useRef(false);

  useEffect(() => {
    if (loaded.current) return;
    loaded.current = true;
    const kept = read<State>(key);
    if (kept) setState((before) => mergeDraft(before, kept));
  }, [key]);

  useEffect(() => {
    // The first state is the server's; what was kept is not read yet.
    if (!loaded.current || forgotten.current || state === initial) return;
    write(key, storable(state));
  }, [key, state, initial, storable]);

  const change = (changes: Partial<State>) => setState((before) => ({ ...before, ...changes }));
  const forget = () => {
    forgotten.current = true;
    write(key, null);
  };
  return [state, change, forget];
}

/** What was kept over what the form begins with; the parameters entry by entry, so that new ones have defaults. */
export function mergeDraft<State extends object>(begin: State, kept: Partial<State>): State {
  const merged: Record<string, unknown> = { ...(begin as Record<string, unknown>) };
  for (const [name, value] of Object.entries(kept)) {
    const before = merged[name];
    merged[name] = isRecord(before) && isRecord(value) ? { ...before, ...value } : value;
  }
  return merged as State;
}

/** Forgets every draft of this tab. */
export function clearDrafts(): void {
  try {
    sessionStorage.clear();
  } catch {
    // A browser without storage has kept nothing.
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function read<State>(key: string): Partial<State> | undefined {
  try {
    const parsed: unknown = JSON.parse(sessionStorage.getItem(key) ?? "null");
    return isRecord(parsed) ? (parsed as Partial<State>) : undefined;
  } catch {
    // A browser without storage, or someone else's text under our name: begin again.
    return undefined;
  }
}

function write(key: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden storage costs only the convenience.
  }
}
