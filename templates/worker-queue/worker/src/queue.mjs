const leaseSeconds = 20;
const longestPauseSeconds = 60;

/** The worker's side of the queue. Every write is guarded by name and attempt, so that a late one changes nothing. */
export function createQueue({ database, name }) {
  return {
    name,

    /** Takes up to `count` due jobs, and running ones whose worker stopped renewing its lease. */
    claim: (count) =>
      database.query(
        `UPDATE jobs SET state = 'running', worker = $1, attempts = attempts + 1, started_at = now(),
                lease_until = now() + make_interval(secs => ${leaseSeconds})
         WHERE id IN (
           SELECT id FROM jobs
           WHERE (state = 'queued' AND run_at <= now())
              OR (state = 'running' AND lease_until < now() AND attempts < attempts_allowed)
           ORDER BY run_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
         RETURNING id, kind, amount, attempts, attempts_allowed AS "attemptsAllowed"`,
        [name, count],
      ),

    finish: (job, result) =>
      database.query(
        `WITH done AS (
           UPDATE jobs SET state = 'done', finished_at = now(), lease_until = NULL, result = $4
           WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running' RETURNING id)
         UPDATE workers SET finished = finished + (SELECT count(*) FROM done) WHERE name = $2`,
        [job.id, name, job.attempts, result],
      ),

    /** Another try after a pause that doubles, or the end when no try is left. */
    fail: (job, reason) => {
      const last = job.attempts >= job.attemptsAllowed;
      const pause = Math.min(longestPauseSeconds, 2 ** (job.attempts - 1));
      return database.query(
        `UPDATE jobs SET state = $4, result = $5, lease_until = NULL, worker = NULL,
                run_at = now() + make_interval(secs => $6), finished_at = CASE WHEN $4 = 'failed' THEN now() END
         WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'`,
        [job.id, name, job.attempts, last ? "failed" : "queued", reason.slice(0, 200), pause],
      );
    },

    /** A job given back by a worker that stops: it was not the job's fault, so the try does not count. */
    release: (job) =>
      database.query(
        `UPDATE jobs SET state = 'queued', attempts = attempts - 1, worker = NULL, lease_until = NULL
         WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'`,
        [job.id, name, job.attempts],
      ),

    /** Tells that this worker lives, renews its leases, and ends jobs that took their last worker down. */
    async beat(slots) {
      await database.query(
        `INSERT INTO workers (name, slots) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET seen_at = now(), slots = excluded.slots`,
        [name, slots],
      );
      await database.query(
        `UPDATE jobs SET lease_until = now() + make_interval(secs => ${leaseSeconds})
         WHERE worker = $1 AND state = 'running'`,
        [name],
      );
      await database.query(
        `UPDATE jobs SET state = 'failed', finished_at = now(), lease_until = NULL, result = 'worker failed'
         WHERE state = 'running' AND lease_until < now() AND attempts >= attempts_allowed`,
      );
    },

    /** Finished jobs and dead workers are kept for a week. */
    async prune() {
      await database.query("DELETE FROM jobs WHERE finished_at < now() - interval '7 days'");
      await database.query("DELETE FROM workers WHERE seen_at < now() - interval '7 days'");
    },

    leave: () => database.query("DELETE FROM workers WHERE name = $1", [name]),
  };
}
