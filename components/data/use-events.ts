"use client";

import { useEffect, useRef, useState } from "react";
import { type StreamEvent, type StreamState, subscribe } from "./event-hub";

export type { StreamEvent, StreamState } from "./event-hub";

/**
 * Hears the events of some topics as long as the component is mounted, across reconnects without a gap.
 * The server sends each as an unnamed `data: {"topic": …, "kind": …, "payload": …}` with its id.
 */
export function useEventStream(
  topics: readonly string[],
  onEvent: (event: StreamEvent) => void,
): StreamState {
  const [state, setState] = useState<StreamState>("connecting");
  const handler = useRef(onEvent);
  handler.current = onEvent;
  const key = [...topics].sort().join(",");
  useEffect(() => {
    if (key === "") return;
    return subscribe({
      topics: new Set(key.split(",")),
      onEvent: (event) => handler.current(event),
      onState: setState,
    });
  }, [key]);
  return state;
}
