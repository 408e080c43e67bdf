"use client";

import { useRouter } from "next/navigation";
import { useOffline } from "next/offline";
import { startTransition, useEffect, useRef, useSyncExternalStore } from "react";
import { apiGet } from "@/components/data/api";
import { onReachChange, type Reach, reachNow } from "@/components/data/connection";

const probeMs = 2_000;

/** offline: the browser has no network. unreachable: it has one, and Rostrum doesn't answer. */
export type Connection = "online" | "offline" | "unreachable";

/** The connection as pages and calls find it. While it's in doubt, asks until there is an answer, then draws the page again. */
export function useConnection(): Connection {
  const reach = useSyncExternalStore<Reach>(onReachChange, reachNow, () => "sure");
  const online = useSyncExternalStore(onNetworkChange, hasNetwork, () => true);
  // Pages that could not be fetched: the router holds them back until the connection is there again.
  const held = useOffline();
  useProbe(reach !== "sure");
  const connection = !online ? "offline" : held || reach === "lost" ? "unreachable" : "online";
  useRefreshOnReturn(connection === "online");
  return connection;
}

function useProbe(doubtful: boolean): void {
  useEffect(() => {
    if (!doubtful) return;
    // What it finds is noted by the call itself.
    const probe = () => void apiGet("/health/live").catch(() => undefined);
    const timer = setInterval(probe, probeMs);
    return () => clearInterval(timer);
  }, [doubtful]);
}

/** What changed while nothing could be heard. */
function useRefreshOnReturn(online: boolean): void {
  const router = useRouter();
  const was = useRef(online);
  useEffect(() => {
    if (online && !was.current) startTransition(() => router.refresh());
    was.current = online;
  }, [online, router]);
}

function hasNetwork(): boolean {
  return navigator.onLine;
}

function onNetworkChange(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}
