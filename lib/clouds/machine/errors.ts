import { messageOf } from "@/lib/kernel/errors";
import { ChildStartError } from "@/lib/platform/exec/child";
import { DriverError, type FailureKind } from "../contract";

const byCode: Record<string, [FailureKind, string, string]> = {
  ENOSPC: ["retryable", "The disk is full", "Free space on the machine’s disk, then resume."],
  EDQUOT: ["retryable", "Disk quota exceeded", "Free space or raise the quota, then resume."],
  EMFILE: ["retryable", "Too many open files", "Raise the open files limit of Rostrum’s processes."],
  ENFILE: ["retryable", "Too many open files on the machine", "Raise fs.file-max."],
  EAGAIN: ["retryable", "The machine can’t start another process", "Free processes or memory, then resume."],
  ENOMEM: ["retryable", "The machine is out of memory", "Free memory on the machine, then resume."],
  EROFS: ["permanent", "The machine's directory is read-only", "Set DATA_DIR to a writable directory."],
  EACCES: ["permanent", "Access to a file was denied", "Check the owner and mode of DATA_DIR."],
  EPERM: ["permanent", "The operation is not permitted", "Check the owner and mode of DATA_DIR."],
};

/** Anything thrown here as the contract's error: what the operating system said decides the kind. */
export function toDriverError(error: unknown): DriverError {
  if (error instanceof DriverError) return error;
  if (error instanceof ChildStartError && error.code === "ENOENT") {
    return new DriverError("permanent", error.message, {
      cause: error,
      hint: "Install the program on the machine, or choose another cloud.",
    });
  }
  const known = byCode[(error as NodeJS.ErrnoException | null)?.code ?? ""];
  if (!known) return new DriverError("unknown", messageOf(error), { cause: error });
  const [kind, title, hint] = known;
  return new DriverError(kind, `${title}: ${messageOf(error)}`, { cause: error, hint });
}

/** Runs a driver call so that only `DriverError` leaves it. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDriverError(error);
  }
}

/** @throws DriverError when the caller gave up; what was begun is found again by its key. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DriverError("retryable", "The change was interrupted before it finished");
}
