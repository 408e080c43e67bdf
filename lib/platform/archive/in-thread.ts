import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { Gate, GateFullError } from "@/lib/kernel/gate";
import { ArchiveBusyError, ArchiveError, type ArchiveLimits } from "./limits";
import type { ArchiveFile } from "./read-archive";
import type { ThreadAnswer, ThreadTask } from "./thread-task";

/** Long enough for the largest archive on a busy machine; a thread is ended then, whatever it does. */
const longestMs = 30_000;
/** Waiting for a turn: longer than the archives before this one may take is not worth a person's while. */
const turnMs = 60_000;
/** Of the thread's heap; contents lie outside of it and are bounded by the limits. */
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

/** Tests and tools run from the sources, which Node reads with the help of a loader. */
const fromSource = `import("tsx/esm/api").then(({ register }) => {
  register();
  return import("./lib/platform/archive/thread.ts");
});`;

/** Archives read at once by one process: reading is all computing, and the contents are in memory. */
const gate = new Gate(2);

export interface ReadingBounds {
  deadlineMs?: number;
  /** Refused rather than made to wait, in memory, behind so many others; no limit when absent. */
  mostWaiting?: number;
}

/**
 * Reads an archive in a thread of its own, so that the event loop of the process continues, with limits for memory and
 * time. See `readArchive`.
 * @throws ArchiveError, ArchiveBusyError
 */
export async function inThread(
  bytes: Uint8Array,
  limits: ArchiveLimits,
  keep: boolean,
  { deadlineMs = longestMs, mostWaiting }: ReadingBounds = {},
): Promise<ArchiveFile[]> {
  const signal = AbortSignal.timeout(turnMs + deadlineMs);
  try {
    return await gate.pass({ signal, ...(mostWaiting !== undefined && { mostWaiting }) }, () =>
      readOnce({ bytes: new Uint8Array(bytes), limits, keep }, deadlineMs),
    );
  } catch (error) {
    if (error !== signal.reason && !(error instanceof GateFullError)) throw error;
    throw new ArchiveBusyError(error);
  }
}

async function readOnce(task: ThreadTask, deadlineMs: number): Promise<ArchiveFile[]> {
  const worker = startWorker(task);
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", (error) => reject(explain(error)));
      worker.once("exit", () => reject(new Error("The archive reader exited unexpectedly.")));
      timer = setTimeout(() => reject(tooLarge("Reading the archive timed out.")), deadlineMs);
    });
    if ("files" in answer) return answer.files;
    throw new ArchiveError(answer.refused, { limit: answer.limit });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function startWorker(workerData: ThreadTask): Worker {
  const transferList = [workerData.bytes.buffer as ArrayBuffer];
  const options = { workerData, transferList, resourceLimits, env: {}, name: "archive" };
  // Not imported: the portal's bundler would take the program for a part of the bundle and rewrite its path.
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  // Constants of the two builds: Next sets the one, scripts/lib/prepare.mjs the other.
  if (process.env.NEXT_RUNTIME || process.env.ROSTRUM_BUNDLED) {
    return new Worker(join(process.cwd(), "dist", "archive-thread.mjs"), { ...options, execArgv: [] });
  }
  return new Worker(fromSource, { ...options, eval: true, execArgv: [] });
}

function explain(error: Error): Error {
  if ((error as NodeJS.ErrnoException).code !== "ERR_WORKER_OUT_OF_MEMORY") return error;
  return tooLarge("Reading the archive requires too much memory.", error);
}

function tooLarge(message: string, cause?: Error): ArchiveError {
  return new ArchiveError(message, { cause, limit: true });
}
