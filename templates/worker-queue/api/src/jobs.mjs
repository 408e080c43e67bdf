import { HttpError } from "../../../_kit/http.mjs";
import { kinds, mostAtOnce } from "./kinds.mjs";
import { channel } from "./schema.mjs";

/** `{kind, count?, amount?}` as sent by a form or as JSON, or an error that names what is wrong. */
export function parseJobs(body) {
  const kind = Object.hasOwn(kinds, body.kind) ? kinds[body.kind] : undefined;
  if (!kind) throw fieldError("kind", `Choose one of ${Object.keys(kinds).join(", ")}.`);
  const count = parseWhole("count", body.count ?? 1, 1, mostAtOnce);
  const amount = parseWhole("amount", body.amount || kind.amount, kind.minimum, kind.maximum);
  return { kind: body.kind, count, amount };
}

function parseWhole(name, value, minimum, maximum) {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (Number.isInteger(number) && number >= minimum && number <= maximum) return number;
  throw fieldError(name, `The ${name} must be a whole number from ${minimum} to ${maximum}.`);
}

function fieldError(name, message) {
  return new HttpError(422, message, { [name]: message });
}

const columns = `id::int AS id, kind, amount, state, attempts, attempts_allowed AS "attemptsAllowed", worker, result,
  created_at AS "createdAt", finished_at AS "finishedAt",
  (extract(epoch FROM finished_at - started_at) * 1000)::int AS "tookMs"`;

export function createJobs({ database, attemptsAllowed }) {
  return {
    async enqueue({ kind, count, amount }) {
      return database.transaction(async (query) => {
        const rows = await query(
          `INSERT INTO jobs (kind, amount, attempts_allowed)
           SELECT $1, $2, $3 FROM generate_series(1, $4) RETURNING id::int AS id`,
          [kind, amount, attemptsAllowed, count],
        );
        // Delivered when the transaction commits, so a woken worker sees the rows.
        await query("SELECT pg_notify($1, '')", [channel]);
        return rows.map((row) => row.id);
      });
    },

    recent: () => database.query(`SELECT ${columns} FROM jobs ORDER BY id DESC LIMIT 20`),

    async retryFailed() {
      const rows = await database.query(
        "UPDATE jobs SET state = 'queued', attempts = 0, run_at = now(), result = NULL, finished_at = NULL WHERE state = 'failed' RETURNING id",
      );
      await database.query("SELECT pg_notify($1, '')", [channel]);
      return rows.length;
    },

    async clearFinished() {
      const rows = await database.query("DELETE FROM jobs WHERE state IN ('done', 'failed') RETURNING id");
      return rows.length;
    },

    workers: () =>
      database.query(
        `SELECT name, slots, finished, started_at AS "startedAt", seen_at AS "seenAt",
                seen_at > now() - interval '15 seconds' AS alive,
                (SELECT count(*)::int FROM jobs WHERE state = 'running' AND worker = name) AS running
         FROM workers WHERE seen_at > now() - interval '10 minutes' ORDER BY alive DESC, name`,
      ),

    /** How many jobs are in each state, and how many finished in each 5 seconds of the last 3 minutes. */
    async figures() {
      const states = await database.query("SELECT state, count(*)::int AS count FROM jobs GROUP BY state");
      const buckets = await database.query(`
        SELECT (floor(extract(epoch FROM now() - finished_at) / 5))::int AS age, count(*)::int AS count
        FROM jobs WHERE finished_at > now() - interval '180 seconds' GROUP BY age`);
      const history = Array.from({ length: 36 }, () => 0);
      for (const { age, count } of buckets) if (age >= 0 && age < 36) history[35 - age] = count;
      const byState = Object.fromEntries(states.map(({ state, count }) => [state, count]));
      const lastMinute = history.slice(-12).reduce((sum, count) => sum + count, 0);
      return { queued: 0, running: 0, done: 0, failed: 0, ...byState, lastMinute, history };
    },
  };
}
