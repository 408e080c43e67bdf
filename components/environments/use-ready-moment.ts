"use client";

import { useEffect, useRef, useState } from "react";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";

type Created = Pick<EnvironmentDetail, "id" | "status" | "readyAt">;

const freshMs = 86_400_000;

export interface MomentFacts {
  /** The page showed the creation before. */
  sawCreation: boolean;
  isOwner: boolean;
  /** This browser showed the moment already. */
  wasShown: boolean;
  readyAt: string;
  nowMs: number;
}

/** Whether a creation has just finished for the viewer: under their eyes, or since the owner last looked, within a day. */
export function isReadyMoment({ sawCreation, isOwner, wasShown, readyAt, nowMs }: MomentFacts): boolean {
  if (wasShown) return false;
  return sawCreation || (isOwner && nowMs - Date.parse(readyAt) < freshMs);
}

/** Shows once that an environment is ready; it stays until it's dismissed, the page is left or the environment stops. */
export function useReadyMoment({ id, status, readyAt }: Created, isOwner: boolean) {
  const [isShown, setIsShown] = useState(false);
  const sawCreation = useRef(false);
  const decided = useRef(false);
  useEffect(() => {
    if (status === "provisioning" || status === "pending") sawCreation.current = true;
    if (status !== "running" || readyAt === null || decided.current) return;
    decided.current = true;
    const facts = { sawCreation: sawCreation.current, isOwner, wasShown: wasShown(id), readyAt };
    if (!isReadyMoment({ ...facts, nowMs: Date.now() })) return;
    remember(id);
    setIsShown(true);
  }, [id, status, readyAt, isOwner]);
  return { isShown: isShown && status === "running", dismiss: () => setIsShown(false) };
}

const keyOf = (id: string) => `rostrum:ready:${id}`;

function wasShown(id: string): boolean {
  try {
    return localStorage.getItem(keyOf(id)) !== null;
  } catch {
    // A browser without storage would show it at every visit: rather never.
    return true;
  }
}

function remember(id: string): void {
  try {
    localStorage.setItem(keyOf(id), "shown");
  } catch {
    // Full or forbidden storage costs only that it's shown again.
  }
}
