/** Repeatable: API and workers apply it at every start, under the kit's advisory lock. */
export const schema = `
  CREATE TABLE IF NOT EXISTS jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    amount int NOT NULL,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
    attempts int NOT NULL DEFAULT 0,
    attempts_allowed int NOT NULL,
    run_at timestamptz NOT NULL DEFAULT now(),
    worker text,
    lease_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    result text
  );
  CREATE INDEX IF NOT EXISTS jobs_due ON jobs (run_at, id) WHERE state = 'queued';
  CREATE INDEX IF NOT EXISTS jobs_leases ON jobs (lease_until) WHERE state = 'running';
  CREATE INDEX IF NOT EXISTS jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS workers (
    name text PRIMARY KEY,
    slots int NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    finished int NOT NULL DEFAULT 0
  );
`;

export const schemaLockKey = 71_002;
/** Workers listen here; a notification only wakes them, the table decides. */
export const channel = "jobs";
