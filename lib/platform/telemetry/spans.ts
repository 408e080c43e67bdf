import { propagation, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { BullMQOtel } from "bullmq-otel";
import { messageOf } from "@/lib/kernel/errors";
import { moduleLog } from "../log";
import type { Spans } from "./index";

const serviceName = "rostrum";

/** @param endpoint base URL of an OTLP receiver over HTTP; spans go to its path /v1/traces */
export function exportSpans(endpoint: string): Spans {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    timeoutMillis: 5_000,
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": serviceName }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  // BullMQ's tracer takes the provider of the process.
  trace.setGlobalTracerProvider(provider);
  // A job carries the span of its sender.
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return {
    telemetry: new BullMQOtel({ tracerName: serviceName }),
    close: async () => {
      trace.disable();
      propagation.disable();
      await provider.shutdown().catch((error: unknown) => {
        moduleLog("telemetry").warn(`couldn't send the last spans: ${messageOf(error)}`);
      });
    },
  };
}
