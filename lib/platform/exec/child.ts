import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface RunChildOptions {
  cwd: string;
  /** The whole environment of the child: nothing of ours is passed on by itself. */
  environment: Record<string, string>;
  uid?: number | undefined;
  gid?: number | undefined;
  timeoutMs: number;
  /** Between SIGTERM and SIGKILL when it is stopped early. */
  killAfterMs?: number;
  /** Per stream; more is read and dropped. Default 1 MiB. */
  maxOutputBytes?: number;
  signal?: AbortSignal | undefined;
  stdin?: Readable | undefined;
  /** Text the child reads from file descriptor 7: for secrets, which stand in no arguments, environment or file. */
  secretInput?: string | undefined;
  /** Receives standard output instead of the result, with backpressure and without a bound. */
  stdout?: NodeJS.WritableStream | undefined;
  /** Called for every line of both streams as it comes, cut at 8 KiB. */
  onLine?: ((line: string, stream: "stdout" | "stderr") => void) | undefined;
  /** What the child has as file descriptors from 3 on. */
  extraStdio?: readonly ("pipe" | "ignore" | number)[];
  /** Called with the child right after it was spawned. */
  onStart?: (child: ChildProcess) => void;
}

export interface ChildResult {
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  aborted: boolean;
  /** Whether some output was dropped. */
  truncated: boolean;
}

/** The program could not be started at all; `code` is that of the operating system (ENOENT, EACCES …). */
export class ChildStartError extends Error {
  readonly code: string;
  constructor(program: string, cause: NodeJS.ErrnoException) {
    super(startFailure(program, cause), { cause });
    this.name = "ChildStartError";
    this.code = cause.code ?? "UNKNOWN";
  }
}

function startFailure(program: string, cause: NodeJS.ErrnoException): string {
  if (cause.code === "ENOENT") return `${program} was not found on this machine`;
  if (cause.code === "EACCES") return `${program} isn’t executable`;
  return `couldn’t start ${program}: ${cause.message}`;
}

const maxLineBytes = 8 * 1024;

/**
 * Runs a program to its end: an argument array (never a shell), a scrubbed environment, its own process group, a
 * time limit and bounded output. A non-zero exit is an answer, not an error.
 * @throws ChildStartError when it cannot be started.
 */
export async function runChild(command: readonly string[], options: RunChildOptions): Promise<ChildResult> {
  const [program, ...args] = command;
  if (!program) throw new Error("runChild needs a program");
  if (options.signal?.aborted) return stoppedBeforeStart();
  const child = spawn(program, args, {
    cwd: options.cwd,
    // Next declares variables that every environment must have; this one has none of ours on purpose.
    env: options.environment as NodeJS.ProcessEnv,
    uid: options.uid,
    gid: options.gid,
    detached: true,
    shell: false,
    stdio: [options.stdin ? "pipe" : "ignore", "pipe", "pipe", ...extraStdio(options)],
  });
  const ended = waitForEnd(child, program);
  if (child.pid !== undefined) options.onStart?.(child);
  const stopper = stopWhenNeeded(child, options);
  const out = new BoundedText(options.maxOutputBytes ?? 2 ** 20, (line) => options.onLine?.(line, "stdout"));
  const err = new BoundedText(options.maxOutputBytes ?? 2 ** 20, (line) => options.onLine?.(line, "stderr"));
  const flows: Promise<unknown>[] = [];
  if (options.stdin && child.stdin) {
    // A child that does not read to the end closes its side; its exit code tells whether that was fine.
    flows.push(pipeline(options.stdin, child.stdin).catch(ignoreClosedPipe));
  }
  const secretPipe = (child.stdio as ChildProcess["stdio"][number][])[secretFd];
  if (options.secretInput !== undefined && secretPipe && "write" in secretPipe) {
    // A child that needs less of it closes its side with the rest unread.
    secretPipe.on("error", (error: NodeJS.ErrnoException) => {
      if (!closedPipe.has(error.code ?? "")) stopper.fail(error);
    });
    secretPipe.end(options.secretInput);
  }
  if (options.stdout && child.stdout) {
    flows.push(pipeline(child.stdout, options.stdout, { end: false }));
  } else {
    child.stdout?.on("data", (chunk: Buffer) => out.add(chunk));
  }
  child.stderr?.on("data", (chunk: Buffer) => err.add(chunk));
  try {
    const [end] = await Promise.all([ended, ...flows.map((flow) => flow.catch(stopper.fail))]);
    if (stopper.failure !== undefined) throw stopper.failure;
    out.finish();
    err.finish();
    return {
      ...end,
      stdout: out.text,
      stderr: err.text,
      timedOut: stopper.timedOut,
      aborted: stopper.aborted,
      truncated: out.truncated || err.truncated,
    };
  } finally {
    stopper.dispose();
  }
}

/** Behind what confined programs have: see the sandbox's start scripts. */
const secretFd = 7;

/** What the child has as descriptors from 3 on, with a pipe for a secret in its place. */
function extraStdio({
  extraStdio: given = [],
  secretInput,
}: RunChildOptions): ("pipe" | "ignore" | number)[] {
  const extra = [...given];
  if (secretInput === undefined) return extra;
  while (extra.length < secretFd - 3) extra.push("ignore");
  extra[secretFd - 3] = "pipe";
  return extra;
}

function stoppedBeforeStart(): ChildResult {
  return {
    exitCode: null,
    signal: null,
    stdout: "",
    stderr: "",
    timedOut: false,
    aborted: true,
    truncated: false,
  };
}

function waitForEnd(
  child: ChildProcess,
  program: string,
): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new ChildStartError(program, error)));
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

const closedPipe = new Set(["EPIPE", "ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"]);

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (!closedPipe.has(error.code ?? "")) throw error;
}

function stopWhenNeeded(child: ChildProcess, options: RunChildOptions) {
  let killTimer: NodeJS.Timeout | undefined;
  const state = {
    timedOut: false,
    aborted: false,
    failure: undefined as unknown,
    fail(error: unknown) {
      state.failure ??= error;
      stop();
    },
    dispose() {
      clearTimeout(timer);
      clearTimeout(killTimer);
      options.signal?.removeEventListener("abort", onAbort);
    },
  };
  const stop = () => {
    signalGroup(child.pid, "SIGTERM");
    killTimer ??= setTimeout(() => {
      signalGroup(child.pid, "SIGKILL");
      // A grandchild that left the group may hold the pipes open: do not wait for it.
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.stdio[3]?.destroy();
    }, options.killAfterMs ?? 2_000);
  };
  const timer = setTimeout(() => {
    state.timedOut = true;
    stop();
  }, options.timeoutMs);
  const onAbort = () => {
    state.aborted = true;
    stop();
  };
  options.signal?.addEventListener("abort", onAbort, { once: true });
  return state;
}

/** Signals a process group whose leader is `pid`; one that has ended already is fine. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined || pid <= 1) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Keeps the first bytes of a stream and hands on its lines. */
class BoundedText {
  text = "";
  truncated = false;
  private rest = "";
  private readonly decoder = new TextDecoder();

  constructor(
    private readonly maxBytes: number,
    private readonly onLine: (line: string) => void,
  ) {}

  add(chunk: Buffer): void {
    const piece = this.decoder.decode(chunk, { stream: true });
    if (this.text.length + piece.length <= this.maxBytes) this.text += piece;
    else {
      this.text += piece.slice(0, this.maxBytes - this.text.length);
      this.truncated = true;
    }
    const lines = (this.rest + piece).split("\n");
    this.rest = (lines.pop() ?? "").slice(0, maxLineBytes);
    for (const line of lines) this.onLine(line.slice(0, maxLineBytes).replace(/\r$/, ""));
  }

  finish(): void {
    if (this.rest !== "") this.onLine(this.rest);
    this.rest = "";
  }
}
