import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

export interface RunningProgram {
  url: string;
  pid: number;
  /** Everything printed so far. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or null after a signal. Fails when it does not end in time. */
  ended(withinMs?: number): Promise<number | null>;
}

const startWithinMs = 15_000;

/** Starts a Node server of a template on a free port of 127.0.0.1 with nothing of our environment but PATH. */
export async function startProgram(
  cwd: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<RunningProgram> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: {
      NODE_ENV: "production",
      PATH: process.env.PATH ?? "",
      HOST: "127.0.0.1",
      PORT: "0",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const port = await waitForPort(child, () => output);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    output: () => output,
    kill: (signal) => void child.kill(signal),
    ended: async (withinMs = 10_000) => {
      if (child.exitCode === null && child.signalCode === null) {
        await once(child, "exit", { signal: AbortSignal.timeout(withinMs) });
      }
      return child.exitCode;
    },
  };
}

async function waitForPort(child: ChildProcess, output: () => string): Promise<number> {
  const deadline = Date.now() + startWithinMs;
  while (Date.now() < deadline && child.exitCode === null) {
    const match = /listening on port (\d+)/.exec(output());
    if (match) return Number(match[1]);
    await sleep(20);
  }
  child.kill("SIGKILL");
  throw new Error(`The program did not start:\n${output()}`);
}

/** Asks until the answer has the status and, where given, passes the check; the last answer's text is in the error. */
export async function waitForAnswer(
  url: string,
  status: number,
  check: (text: string) => boolean = () => true,
  withinMs = 20_000,
): Promise<string> {
  const deadline = Date.now() + withinMs;
  let last = "no answer";
  while (Date.now() < deadline) {
    const answer = await fetch(url).catch(() => null);
    const text = answer ? await answer.text() : "";
    if (answer?.status === status && check(text)) return text;
    last = answer ? `${answer.status} ${text.slice(0, 300)}` : "no answer";
    await sleep(50);
  }
  throw new Error(`${url} did not come to ${status}; last: ${last}`);
}
