import { once } from "node:events";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DriverError, type ExecOptions, type ExecResult } from "../contract";
import { demux } from "./demux";
import { bounded, type DockerCloud } from "./engine";

const keptBytes = 2 ** 20;

/**
 * Runs a command in a running container. Its stdout goes to `options.stdout` with back-pressure, or up to
 * 1 MiB of it is returned. When time is up the connection is closed; the engine offers no way to kill the
 * command, which ends by its closed streams or with its container.
 */
export async function execInContainer(
  cloud: DockerCloud,
  name: string,
  options: ExecOptions,
): Promise<ExecResult> {
  const doing = `running ${options.command[0] ?? "a command"} in ${name}`;
  let open: Duplex | undefined;
  try {
    return await bounded(
      doing,
      async (abortSignal) => {
        const exec = await cloud.engine.docker.getContainer(name).exec({
          Cmd: options.command,
          Env: Object.entries(options.environment ?? {}).map(([key, value]) => `${key}=${value}`),
          AttachStdin: options.stdin !== undefined,
          AttachStdout: true,
          AttachStderr: true,
          Privileged: false,
          abortSignal,
        });
        open = await exec.start({ hijack: true, stdin: true, abortSignal });
        const [output] = await Promise.all([collect(open, options.stdout), feed(open, options.stdin)]);
        const { ExitCode } = await exec.inspect({ abortSignal });
        if (ExitCode === null || ExitCode === undefined) {
          throw new DriverError("unknown", `Connection lost while ${doing}; outcome unknown.`);
        }
        return { exitCode: ExitCode, ...output };
      },
      { signal: options.signal, timeoutMs: options.timeoutMs },
    );
  } finally {
    open?.destroy();
  }
}

async function feed(stream: Duplex, stdin: ExecOptions["stdin"]): Promise<void> {
  if (!stdin) return;
  try {
    await pipeline(stdin, stream, { end: true });
  } catch (error) {
    // A command may end before it has read everything (head, a failing restore): its exit code tells.
    const code = (error as { code?: string }).code;
    if (code !== "EPIPE" && code !== "ECONNRESET" && code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

async function collect(
  stream: Duplex,
  stdout: NodeJS.WritableStream | undefined,
): Promise<Pick<ExecResult, "stdout" | "stderr">> {
  const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const sizes = { stdout: 0, stderr: 0 };
  for await (const frame of demux(stream)) {
    if (frame.stream === "stdout" && stdout) {
      if (!stdout.write(frame.data)) await once(stdout, "drain");
      continue;
    }
    const room = keptBytes - sizes[frame.stream];
    if (room <= 0) continue;
    const data = frame.data.subarray(0, room);
    kept[frame.stream].push(data);
    sizes[frame.stream] += data.length;
  }
  return {
    stdout: Buffer.concat(kept.stdout).toString(),
    stderr: Buffer.concat(kept.stderr).toString(),
  };
}
