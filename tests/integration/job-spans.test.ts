import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { closeQueues, enqueue, startWorker } from "@/lib/platform/queue";
import type { TestDatabase } from "../support/database";
import { useTestPortal } from "../support/portal";

/** An OTLP receiver: what a collector would get. */
interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}
interface Received {
  resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
}
let collector: Server;
let database: TestDatabase;
const received: { path: string; body: Received }[] = [];

beforeAll(async () => {
  collector = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ path: request.url ?? "", body: JSON.parse(Buffer.concat(chunks).toString()) });
      answer.setHeader("content-type", "application/json").end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  const { port } = collector.address() as AddressInfo;
  database = await useTestPortal({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/` });
});
afterAll(async () => {
  await database?.drop();
  collector?.close();
});

it("of a job reach the configured receiver, from its sender to the worker that did it", async () => {
  let done = () => {};
  const handled = new Promise<void>((resolve) => {
    done = resolve;
  });
  await startWorker("runs.wake", async () => done());
  expect(await enqueue("runs.wake", { runId: "run_1" })).toBe(true);
  await handled;
  // The end of a process sends what waits.
  await closeQueues(2_000);
  expect(new Set(received.map(({ path }) => path))).toEqual(new Set(["/v1/traces"]));
  const spans = received
    .flatMap(({ body }) => body.resourceSpans)
    .flatMap((resource) => resource.scopeSpans)
    .flatMap((scope) => scope.spans);
  const processed = spans.find((span) => span.name.startsWith("process runs.wake"));
  const sent = spans.find((span) => span.name.startsWith("addBulk") || span.name.startsWith("add"));
  expect(processed?.traceId).toBeTruthy();
  expect(sent?.traceId).toBe(processed?.traceId);
});
