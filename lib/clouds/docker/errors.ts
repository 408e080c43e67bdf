import { messageOf } from "@/lib/kernel/errors";
import { DriverError, type FailureKind } from "../contract";

interface EngineFailure {
  statusCode?: number;
  code?: string;
  json?: { message?: unknown };
}

/** HTTP status of an answer of the engine, when the failure was one. */
export function statusOf(error: unknown): number | undefined {
  const cause = error instanceof DriverError ? error.cause : error;
  return (cause as EngineFailure | undefined)?.statusCode;
}

const noConnection = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOTSOCK",
]);

/** What the engine's own words mean, where its status alone misleads. The first match counts. */
const known: { pattern: RegExp; kind: FailureKind; hint: string }[] = [
  {
    pattern: /no space left on device/i,
    kind: "permanent",
    hint: "Free disk space on the engine’s host (docker system df shows usage), then resume.",
  },
  {
    pattern: /non-overlapping IPv4 address pool|address pools have been fully subnetted/i,
    kind: "permanent",
    hint: "Remove unused networks or give the engine more default-address-pools, then resume.",
  },
  {
    pattern: /error setting rlimit/i,
    kind: "permanent",
    hint: "The engine may not allow that many open files. Lower the cloud’s open files limit.",
  },
  {
    pattern: /docker-init.*(not found|no such file)/i,
    kind: "permanent",
    hint: "The engine has no docker-init. Install it, or set init: false on the component.",
  },
  {
    pattern: /OCI runtime|executable file not found|unable to start container process|exec format error/i,
    kind: "permanent",
    hint: "Check the component's command, entrypoint, user and working_dir against its image.",
  },
  {
    pattern: /port is already allocated|address already in use|ports are not available/i,
    kind: "permanent",
    hint: "Free that port on the engine's host, or change the cloud's port range.",
  },
  {
    pattern: /network \S+ not found|could not find network/i,
    kind: "retryable",
    hint: "The environment’s network disappeared. The next attempt recreates it.",
  },
];

/** Turns whatever a call threw into a DriverError. `doing` completes "while …": "creating the container x". */
export function toDriverError(error: unknown, doing: string): DriverError {
  if (error instanceof DriverError) return error;
  const failure = (error ?? {}) as EngineFailure;
  const text = engineMessage(error);
  const message = `Docker failed while ${doing}: ${text}`;
  const match = known.find((entry) => entry.pattern.test(text));
  if (match) return new DriverError(match.kind, message, { hint: match.hint, cause: error });
  if (failure.statusCode !== undefined) {
    return new DriverError(kindOfStatus(failure.statusCode), message, { cause: error });
  }
  if (failure.code === "EACCES" || failure.code === "EPERM") {
    const hint = "Add the user that runs Rostrum to the docker group, or use TCP with TLS.";
    return new DriverError("permanent", `Rostrum can’t access the Docker socket: ${text}`, {
      hint,
      cause: error,
    });
  }
  if (/CERT|SSL|TLS/.test(failure.code ?? "")) {
    const hint = "Check the cloud's TLS credentials: ca, cert and key.";
    return new DriverError("permanent", message, { hint, cause: error });
  }
  if (noConnection.has(failure.code ?? "") || /socket hang up|aborted/i.test(text)) {
    const hint = "Check that the Docker engine is running and that Rostrum can reach it.";
    return new DriverError("retryable", `The Docker engine is unreachable: ${text}`, {
      hint,
      cause: error,
      unreachable: true,
    });
  }
  return new DriverError("unknown", message, { cause: error });
}

function kindOfStatus(status: number): FailureKind {
  if (status >= 500 || status === 408 || status === 429) return "retryable";
  return status >= 400 ? "permanent" : "unknown";
}

/** The engine's own sentence, without the client's wrapping. */
function engineMessage(error: unknown): string {
  const said = (error as EngineFailure | undefined)?.json?.message;
  return (typeof said === "string" && said !== "" ? said : messageOf(error)).trim().slice(0, 2_000);
}

/** Runs a call for which some answers of the engine mean that there is nothing left to do. */
export async function ignoring(statuses: number[], run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || !statuses.includes(status)) throw error;
  }
}
