import { parentPort, workerData } from "node:worker_threads";
import { ArchiveError } from "./limits";
import { readArchive } from "./read-archive";
import type { ThreadAnswer, ThreadTask } from "./thread-task";

/** The program of the thread that reads one archive: see `inThread`. */
const { bytes, limits, keep } = workerData as ThreadTask;
const answer = await readArchive(bytes, limits, keep).then(
  (files): ThreadAnswer => ({ files }),
  (error: unknown): ThreadAnswer => {
    if (!(error instanceof ArchiveError)) throw error;
    return { refused: error.message, limit: error.limit };
  },
);
const buffers = "files" in answer ? answer.files.map((file) => file.content.buffer as ArrayBuffer) : [];
parentPort?.postMessage(answer, buffers);
