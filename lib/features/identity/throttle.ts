import { AppError } from "@/lib/kernel/errors";
import { execute, query } from "@/lib/platform/db";

/** Failures before a key has to wait. Many people share an address, so an address gets more. */
const freeFailures = { email: 5, ip: 20 } as const;
const firstWaitSeconds = 5;
const longestWaitSeconds = 15 * 60;
const forgetSeconds = 3_600;

/** A sign-in that has to wait. */
export class SignInThrottledError extends AppError {
  readonly waitSeconds: number;

  constructor(waitSeconds: number) {
    super("rate_limited", `Too many failed sign-ins. Try again in ${waitSeconds} s.`, {
      detail: { retryAfterSeconds: waitSeconds },
    });
    this.waitSeconds = waitSeconds;
  }
}

type Kind = keyof typeof freeFailures;

/** The wait after so many failures: none up to the free ones, then 5 s, 10 s, 20 s … 15 min. */
export function waitSecondsAfter(kind: Kind, failures: number): number {
  const surplus = failures - freeFailures[kind];
  if (surplus < 0) return 0;
  return Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.min(surplus, 20));
}

/**
 * Counts an attempt as failed before the password is even looked at, so that parallel guesses cannot slip through; a
 * success takes it back.
 * @throws SignInThrottledError while the e-mail or the address has to wait
 */
export async function beginAttempt(email: string, ip: string): Promise<void> {
  await count("email", email);
  if (ip) await count("ip", ip);
}

/** Takes the attempt back: the person knew the password. */
export async function forgiveAttempt(email: string, ip: string): Promise<void> {
  await execute("DELETE FROM login_throttle WHERE key = $1", [`email:${email}`]);
  const sql = "UPDATE login_throttle SET failures = greatest(failures - 1, 0) WHERE key = $1";
  if (ip) await execute(sql, [`ip:${ip}`]);
}

/** Forgets what is too old to matter; for the housekeeping worker. */
export async function pruneLoginThrottle(): Promise<number> {
  const sql = `DELETE FROM login_throttle WHERE window_start < now() - interval '${forgetSeconds} seconds'`;
  return await execute(sql);
}

/** The window begins with the latest failure: the wait is counted from there. */
async function count(kind: Kind, value: string): Promise<void> {
  const key = `${kind}:${value}`;
  const wait = `least(${longestWaitSeconds}, ${firstWaitSeconds} * power(2, least(t.failures - ${freeFailures[kind]}, 20)))`;
  const written = await execute(
    `INSERT INTO login_throttle AS t (key, failures, window_start) VALUES ($1, 1, now())
     ON CONFLICT (key) DO UPDATE SET window_start = now(),
       failures = CASE WHEN t.window_start < now() - interval '${forgetSeconds} seconds' THEN 1 ELSE t.failures + 1 END
     WHERE t.failures < ${freeFailures[kind]} OR t.window_start + make_interval(secs => ${wait}) <= now()`,
    [key],
  );
  if (written === 1) return;
  const [row] = await query<{ failures: number; agoSeconds: number }>(
    `SELECT failures, extract(epoch FROM now() - window_start)::float8 AS "agoSeconds" FROM login_throttle WHERE key = $1`,
    [key],
  );
  const left = waitSecondsAfter(kind, row?.failures ?? 0) - (row?.agoSeconds ?? 0);
  throw new SignInThrottledError(Math.max(1, Math.ceil(left)));
}
