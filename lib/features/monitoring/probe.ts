import { connect } from "node:net";
import type { Address, CloudConnection, ComponentRef, HealthCheckSpec } from "@/lib/clouds/contract";
import { messageOf } from "@/lib/kernel/errors";
import { requestComponent } from "@/lib/platform/outgoing";

/**
 * Makes one health check from outside the component.
 * @returns null when it is well, else what was seen, in words
 */
export async function probe(
  check: HealthCheckSpec,
  address: Address,
  connection: CloudConnection,
  ref: ComponentRef,
): Promise<string | null> {
  try {
    if (check.probe.type === "exec")
      return await probeExec(check.probe.command, check.timeoutMs, connection, ref);
    const port = address.ports[String(check.port)] ?? Object.values(address.ports)[0];
    if (port === undefined) return "it has no port to look at";
    if (check.probe.type === "tcp") return await probeTcp(address.host, port, check.timeoutMs);
    const { status } = await requestComponent(
      { host: address.host, port, path: check.probe.path },
      { timeoutMs: check.timeoutMs },
    );
    return status < 400 ? null : `it answers ${status}`;
  } catch (error) {
    return messageOf(error);
  }
}

function probeTcp(host: string, port: number, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = (result: string | null) => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => end(null));
    socket.once("timeout", () => end("it does not answer in time"));
    socket.once("error", (error) => end(messageOf(error)));
  });
}

async function probeExec(
  command: string[],
  timeoutMs: number,
  connection: CloudConnection,
  ref: ComponentRef,
): Promise<string | null> {
  if (!connection.exec) return null;
  const result = await connection.exec(ref, {
    command,
    timeoutMs,
    signal: AbortSignal.timeout(timeoutMs + 1_000),
  });
  return result.exitCode === 0 ? null : `its check ended with exit code ${result.exitCode}`;
}
