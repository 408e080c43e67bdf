import type { Readable } from "node:stream";

/** One sample: levels now and counters since the start (network), summed over replicas. Null = unknown. */
export interface MetricSample {
  at: Date;
  cpuCores: number | null;
  memoryBytes: number | null;
  storageBytes: number | null;
  networkReceivedBytes: number | null;
  networkSentBytes: number | null;
}

export interface LogLine {
  at: Date | null;
  stream: "stdout" | "stderr";
  text: string;
}

export interface ExecOptions {
  command: string[];
  environment?: Record<string, string>;
  stdin?: Readable;
  /** Receives stdout; when absent up to 1 MiB of it is returned. */
  stdout?: NodeJS.WritableStream;
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}
