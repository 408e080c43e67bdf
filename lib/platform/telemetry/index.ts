import type { Telemetry } from "bullmq";
import { getConfig } from "../config";

/** What BullMQ needs to write spans; nothing is loaded unless an exporter is configured. */
export interface Spans {
  telemetry: Telemetry;
  /** Sends what is left, for at most some seconds. */
  close(): Promise<void>;
}

/** Spans of jobs, sent to the exporter that `OTEL_EXPORTER_OTLP_ENDPOINT` names; null where none is configured. */
export async function openSpans(): Promise<Spans | null> {
  const { otlpEndpoint } = getConfig();
  if (!otlpEndpoint) return null;
  return (await import("./spans")).exportSpans(otlpEndpoint);
}
