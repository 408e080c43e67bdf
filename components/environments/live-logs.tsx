"use client";

import { useEffect, useState } from "react";
import { type LogLine, LogViewer } from "@/components/data/log-viewer";
import { NativeSelect } from "@/components/ui/native-select";

const maxLines = 5_000;

/** The log of one component as it is written. */
export function LiveLogs({
  environmentId,
  components,
}: {
  environmentId: string;
  components: readonly string[];
}) {
  const [component, setComponent] = useState(components[0] ?? "");
  const [lines, setLines] = useState<LogLine[]>([]);
  const [state, setState] = useState<"open" | "ended" | "failed">("open");

  useEffect(() => {
    setLines([]);
    setState("open");
    if (!component) return;
    const source = new EventSource(
      `/api/v1/environments/${environmentId}/logs?component=${encodeURIComponent(component)}&tail=500`,
    );
    let waiting: LogLine[] = [];
    const timer = setInterval(() => {
      if (waiting.length === 0) return;
      const fresh = waiting;
      waiting = [];
      setLines((before) => [...before, ...fresh].slice(-maxLines));
    }, 200);
    source.onmessage = (event) => {
      const line = JSON.parse(event.data) as { at: string | null; stream: string; text: string };
      waiting.push({ time: line.at, text: line.text });
    };
    source.addEventListener("end", () => {
      source.close();
      setState("ended");
    });
    source.addEventListener("failed", () => {
      source.close();
      setState("failed");
    });
    return () => {
      clearInterval(timer);
      source.close();
    };
  }, [environmentId, component]);

  return (
    <div className="grid gap-3">
      <div className="flex items-center gap-3">
        <NativeSelect
          aria-label="Component"
          value={component}
          onChange={(event) => setComponent(event.target.value)}
        >
          {components.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </NativeSelect>
        <span className="text-sm text-muted">
          {state === "open"
            ? "Live"
            : state === "ended"
              ? "The log ended."
              : "The log cannot be read right now."}
        </span>
      </div>
      <LogViewer
        lines={lines}
        live={state === "open"}
        fileName={`${component}.log`}
        height={520}
        label={`Log of ${component}`}
      />
    </div>
  );
}
