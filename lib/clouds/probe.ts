import { connect } from "node:net";
import { messageOf } from "@/lib/kernel/errors";
import { requestComponent } from "@/lib/platform/outgoing";
import type { ExecResult, HealthCheckSpec } from "./contract";

/** Where a health check is made. */
export interface ProbeTarget {
  host: string;
  /** Logical ports as strings, and where they answer on `host`. */
  ports: Readonly<Record<string, number>>;
  /** Logical port that counts where the check names none: the component's first. */
  firstPort?: number | undefined;
  /** Runs a command inside; null where the cloud cannot, which no check of a command passes. */
  exec: ((command: string[], timeoutMs: number) => Promise<Pick<ExecResult, "exitCode">>) | null;
  /**
   * How long a connection has to stay open to count, milliseconds. Docker's proxy accepts every connection, and hangs up
   * at once when no one listens inside.
   */
  holdMs?: number;
}

/**
 * Makes one health check: the only judge of whether a component serves, for drivers that wait for it, steps, monitoring
 * and healing. HTTP passes with the status that was asked for, else with any from 200 to 299; redirects are not followed.
 * Never throws.
 * @returns null when it passes, else what was seen, in words that follow "Its health check failed:"
 */
export async function probe(
  check: HealthCheckSpec,
  target: ProbeTarget,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    if (check.probe.type === "exec") return await probeCommand(check.probe.command, check.timeoutMs, target);
    const logical = String(check.port ?? target.firstPort ?? Object.keys(target.ports)[0] ?? "");
    const port = target.ports[logical];
    if (port === undefined) return logical === "" ? "no port" : `port ${logical} is not published`;
    if (check.probe.type === "tcp") return await probePort(target, port, check.timeoutMs);
    const at = { host: target.host, port, path: check.probe.path };
    const { status } = await requestComponent(at, { timeoutMs: check.timeoutMs, ...(signal && { signal }) });
    return judgeStatus(status, check.probe.status);
  } catch (error) {
    return messageOf(error);
  }
}

function judgeStatus(status: number, wanted: number | undefined): string | null {
  if (wanted !== undefined) return status === wanted ? null : `HTTP ${status}, expected ${wanted}`;
  return status >= 200 && status < 300 ? null : `HTTP ${status}`;
}

async function probeCommand(
  command: string[],
  timeoutMs: number,
  { exec }: ProbeTarget,
): Promise<string | null> {
  if (!exec) return "this cloud can’t run health check commands";
  const { exitCode } = await exec(command, timeoutMs);
  return exitCode === 0 ? null : `health check command exited with code ${exitCode}`;
}

/** Null when something listens on a port, else what was seen, in words. */
export function probePort(
  { host, holdMs = 0 }: Pick<ProbeTarget, "host" | "holdMs">,
  port: number,
  timeoutMs: number,
): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const timers = [setTimeout(() => end("timed out"), timeoutMs)];
    const end = (result: string | null) => {
      for (const timer of timers) clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    socket.once("error", (error) => end(messageOf(error)));
    socket.once("close", () => end("connection closed immediately"));
    socket.once("data", () => end(null));
    socket.once("connect", () => {
      if (holdMs === 0) end(null);
      else timers.push(setTimeout(() => end(null), holdMs));
    });
  });
}
