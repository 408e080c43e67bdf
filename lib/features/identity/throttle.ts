import { AppError } from "@/lib/kernel/errors";
import { addressKey } from "@/lib/platform/auth";
import {
  countFailure,
  deleteFailures,
  deleteFailuresOlderThan,
  findFailures,
  type ThrottleLimit,
  takeBackFailure,
} from "./store-throttle";

/**
 * What is counted. A stranger is counted by all of the first three. A browser that has signed in to the account before
 * has a counter of its own, so that no one else can make it wait.
 */
const limits = {
  /** One account from one address. */
  pair: { free: 5, firstWait: 5, longestWait: 15 * 60 },
  /** One address (of IPv6 a /64), whatever the account. Many people share an address. */
  address: { free: 20, firstWait: 5, longestWait: 15 * 60 },
  /** One account, from all addresses that never signed in to it: guessing from many places is slow too. */
  account: { free: 10, firstWait: 2, longestWait: 5 * 60 },
  /** One browser, session or token that is known to belong to the account. */
  known: { free: 5, firstWait: 5, longestWait: 15 * 60 },
} as const satisfies Record<string, ThrottleLimit>;

type Kind = keyof typeof limits;

const forgetSeconds = 3_600;

/** A sign-in that has to wait. */
export class SignInThrottledError extends AppError {
  readonly waitSeconds: number;

  constructor(waitSeconds: number) {
    super("rate_limited", `Too many failed sign-in attempts. Try again in ${waitSeconds} s.`, {
      detail: { retryAfterSeconds: waitSeconds },
    });
    this.waitSeconds = waitSeconds;
  }
}

/** Who tries to prove that an account is theirs, as far as that is known before the password is. */
export interface Attempt {
  email: string;
  ip: string;
  /** The proof that this browser, session or token belongs to the account; null for strangers. */
  known: string | null;
  /** Whether the account was signed in to from this address before. */
  knownAddress: boolean;
}

/** The wait in seconds after so many failures: none up to the free ones, then doubling. */
export function waitSecondsAfter(kind: Kind, failures: number): number {
  const { free, firstWait, longestWait } = limits[kind];
  if (failures < free) return 0;
  return Math.min(longestWait, firstWait * 2 ** Math.min(failures - free, 20));
}

/**
 * Counts an attempt as failed before the password is even looked at, so that parallel guesses cannot slip through; a
 * success takes it back.
 * @throws SignInThrottledError while one of the counters has to wait; the others are then left as they were
 */
export async function beginAttempt(attempt: Attempt): Promise<void> {
  const counted: [Kind, string][] = [];
  try {
    // The account comes last: one who waits for another reason must not move its wait on.
    for (const [kind, value] of countersOf(attempt)) {
      await count(kind, value);
      counted.push([kind, value]);
    }
  } catch (error) {
    for (const [kind, value] of counted) await takeBackFailure(`${kind}:${value}`);
    throw error;
  }
}

/**
 * Takes the attempt back: the person knew the password. Only counters that are about this person here begin again; the
 * others keep what strangers did.
 */
export async function forgiveAttempt(attempt: Attempt): Promise<void> {
  for (const [kind, value] of countersOf(attempt)) {
    const key = `${kind}:${value}`;
    if (kind === "known" || kind === "pair") await deleteFailures(key);
    else await takeBackFailure(key);
  }
}

/** Forgets what is too old to matter; for the housekeeping worker. */
export async function pruneLoginThrottle(): Promise<number> {
  return await deleteFailuresOlderThan(forgetSeconds);
}

function countersOf({ email, ip, known, knownAddress }: Attempt): [Kind, string][] {
  if (known !== null) return [["known", known]];
  const from = addressKey(ip);
  const counters: [Kind, string][] = [["pair", `${email} ${from}`]];
  if (from) counters.push(["address", from]);
  if (!knownAddress) counters.push(["account", email]);
  return counters;
}

/** @throws SignInThrottledError while the counter has to wait */
async function count(kind: Kind, value: string): Promise<void> {
  const key = `${kind}:${value}`;
  if (await countFailure(key, limits[kind], forgetSeconds)) return;
  const counter = await findFailures(key);
  const left = waitSecondsAfter(kind, counter?.failures ?? 0) - (counter?.agoSeconds ?? 0);
  throw new SignInThrottledError(Math.max(1, Math.ceil(left)));
}
