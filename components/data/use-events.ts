"use client";

import { useEffect, useRef, useState } from "react";
import { type StreamEvent, type StreamState, subscribe } from "./event-hub";

export type { StreamEvent, StreamState } from "./event-hub";

/**
 * Hears the events of some topics as long as the component is mounted, across reconnects without a gap.
 * The server sends each as an unnamed `data: {"topic": …, "kind": …, "payload": …}` with its id.
 * @param since id of the newest event when what the component shows was read; what came after it is heard too
 */
export function useEventStream(
  topics: readonly string[],
  onEvent: (event: StreamEvent) => void,
  since?: string,
): StreamState {
  const [state, setState] = useState<StreamState>("connecting");
  const handler = useRef(onEvent);
  handler.current = onEvent;
  const readAt = useRef(since);
  readAt.current = since;
  const key = [...topics].sort().join(",");
  useEffect(() => {
    if (key === "") return;
    return subscribe({
      topics: new Set(key.split(",")),
      since: readAt.current,
      onEvent: (event) => handler.current(event),
      onState: setState,
    });
  }, [key]);
  return state;
}
