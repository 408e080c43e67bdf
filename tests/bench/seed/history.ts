import type pg from "pg";
import type { Sizes } from "./sizes";

/** Requests with their plans, decisions and reservations; runs with their steps and logs. */
export async function seedHistory(client: pg.ClientBase, sizes: Sizes): Promise<void> {
  await planRuns(client, sizes);
  // In one statement: each names the others, which is checked at its end.
  await client.query(`
    WITH asked AS (
    INSERT INTO request (id, kind, origin, requester_id, project_id, environment_id, payload, reason, status, plan_id, run_id, message,
      created_at, decided_at, finished_at, expires_at)
    SELECT r.request_id, r.kind::request_kind, CASE WHEN r.kind = 'restart' THEN 'system' ELSE 'user' END::request_origin,
      CASE WHEN r.kind = 'restart' THEN NULL ELSE b.owner_id END, b.project_id, b.id, q.payload, q.reason,
      CASE WHEN b.class = 'pending' THEN 'pending_approval' WHEN r.failed THEN 'failed' ELSE 'succeeded' END::request_status,
      r.plan_id, CASE WHEN b.class <> 'pending' THEN r.run_id END,
      CASE WHEN r.failed THEN 'The acceptance check did not pass within 90 s (status 502).' ELSE '' END,
      r.at, CASE WHEN b.class <> 'pending' THEN r.at + interval '20 seconds' END,
      CASE WHEN b.class <> 'pending' THEN r.at + interval '80 seconds' END,
      CASE WHEN b.class = 'pending' THEN r.at + interval '14 days' END
    FROM bench_run r JOIN bench_env b USING (i) JOIN request q ON q.id = b.create_request ORDER BY r.at
    ), planned AS (
    INSERT INTO plan (id, request_id, environment_id, template_version_id, base_generation, digest, parameters, changes, cost, lease,
      placement, reasons, verdicts, created_at)
    SELECT r.plan_id, r.request_id, b.id, l.template_version_id, 0, md5(r.plan_id), l.parameters, l.changes, l.cost,
      l.lease, l.placement, l.reasons, l.verdicts, r.at
    FROM bench_run r JOIN bench_env b USING (i) JOIN request q ON q.id = b.create_request JOIN plan l ON l.id = q.plan_id
    ORDER BY r.at
    )
    INSERT INTO run (id, environment_id, request_id, plan_id, kind, status, fence, wake_at, error, created_at, started_at, finished_at)
    SELECT r.run_id, b.id, r.request_id, r.plan_id, r.kind::request_kind, CASE WHEN r.failed THEN 'failed' ELSE 'succeeded' END::run_status, 1, NULL,
      CASE WHEN r.failed THEN '{"kind":"permanent","message":"The acceptance check did not pass within 90 s (status 502)."}'::jsonb END,
      r.at + interval '20 seconds', r.at + interval '20.1 seconds', r.at + interval '40 seconds' + b.pick * interval '60 seconds'
    FROM bench_run r JOIN bench_env b USING (i) WHERE b.class <> 'pending' ORDER BY r.at`);
  await client.query(`
    INSERT INTO approval (id, request_id, plan_id, plan_digest, approver_id, decision, reason, created_at)
    SELECT 'apr_b' || r.n, r.request_id, r.plan_id, md5(r.plan_id), m.user_id, 'approve', 'Fits the plan for this quarter.',
      r.at + interval '20 seconds'
    FROM bench_run r JOIN bench_env b USING (i) JOIN project_member m ON m.project_id = b.project_id AND m.role = 'owner'
    WHERE r.kind IN ('create', 'update') AND r.n % 3 = 0 AND b.class <> 'pending'
    ON CONFLICT DO NOTHING`);
  await client.query(`
    INSERT INTO reservation (id, project_id, environment_id, request_id, state, cpu, memory_bytes, storage_bytes, environments,
      monthly_cost, created_at, settled_at)
    SELECT 'rsv_b' || b.i, b.project_id, b.id, r.request_id,
      CASE b.class WHEN 'pending' THEN 'reserved' WHEN 'destroyed' THEN 'released' ELSE 'converted' END::reservation_state,
      v.cpu, v.memory_bytes, v.storage_bytes, 1, v.monthly_cost, r.at, CASE WHEN b.class <> 'pending' THEN r.at END
    FROM bench_run r JOIN bench_env b USING (i) JOIN reservation v ON v.request_id = b.create_request WHERE r.kind = 'create'`);
  await seedSteps(client);
}

/** When what was done: a creation, then so many changes that all steps together are as many as asked for. */
async function planRuns(client: pg.ClientBase, sizes: Sizes): Promise<void> {
  await client.query(
    `CREATE TEMP TABLE model_step AS SELECT u.environment_id AS model_id, s.*, max(s.position) OVER (PARTITION BY u.id) AS last
       FROM step s JOIN run u ON u.id = s.run_id JOIN model m ON m.id = u.environment_id WHERE u.kind = 'create'`,
  );
  await client.query(
    `CREATE TEMP TABLE bench_run AS
     WITH env AS (
       SELECT b.*, coalesce((SELECT count(*) FROM model_step s WHERE s.model_id = b.model_id), 0)::int AS per_run FROM bench_env b),
     share AS (SELECT ($1 * 1.02 - sum(per_run))::float8 / sum(per_run) FILTER (WHERE class NOT IN ('pending', 'failed')) AS changes
       FROM env WHERE class <> 'pending')
     SELECT x.*, 'req_b' || lpad(n::text, 7, '0') AS request_id, 'pln_b' || lpad(n::text, 7, '0') AS plan_id,
       'run_b' || lpad(n::text, 7, '0') AS run_id FROM (
       SELECT e.i, k, row_number() OVER (ORDER BY e.created_at + (e.ended - e.created_at) * k / (top + 1), e.i, k) AS n,
         e.created_at + (e.ended - e.created_at) * k / (top + 1) AS at, e.class = 'failed' AS failed,
         CASE WHEN k = 0 THEN 'create' WHEN e.class = 'destroyed' AND k = top THEN 'destroy'
           ELSE (ARRAY['update','stop','start','extend','restart'])[1 + (e.i + k) % 5] END AS kind
       FROM (SELECT e.*, CASE WHEN class IN ('pending', 'failed') THEN 0
           ELSE floor(share.changes * 2 * e.pick + 0.5)::int END AS top FROM env e, share) e
       CROSS JOIN LATERAL generate_series(0, e.top) AS k) x`,
    [sizes.steps],
  );
  await client.query("CREATE INDEX ON bench_run (i); ANALYZE bench_run");
}

async function seedSteps(client: pg.ClientBase): Promise<void> {
  await client.query(`
    INSERT INTO step (id, run_id, position, component, action, cloud_id, depends_on, status, attempts, input, error, started_at,
      finished_at)
    SELECT 'stp_b' || lpad(r.n::text, 7, '0') || '-' || s.position, r.run_id, s.position, s.component,
      (CASE r.kind WHEN 'create' THEN s.action::text WHEN 'destroy' THEN 'delete' WHEN 'extend' THEN 'no-op' ELSE r.kind END)::step_action, b.cloud_id,
      s.depends_on, CASE WHEN r.failed AND s.position = s.last THEN 'failed' ELSE 'succeeded' END::step_status, 1, s.input,
      CASE WHEN r.failed AND s.position = s.last THEN '{"kind":"permanent","message":"Status 502."}'::jsonb END,
      r.at + interval '21 seconds' + s.position * interval '4 seconds', r.at + interval '24 seconds' + s.position * interval '4 seconds'
    FROM bench_run r JOIN bench_env b USING (i) JOIN model_step s ON s.model_id = b.model_id
    WHERE b.class <> 'pending' ORDER BY r.at`);
  // Logs are kept for 30 days.
  await client.query(`
    INSERT INTO step_log (run_id, step_id, at, text)
    SELECT s.run_id, s.id, s.started_at + line * interval '500 milliseconds', t.text
    FROM step s JOIN bench_run r ON r.run_id = s.run_id CROSS JOIN
      (VALUES (1, 'Asking the cloud'), (2, 'Accepted'), (3, 'Listening'), (4, 'Health check passed')) AS t(line, text)
    WHERE r.at > now() - interval '30 days' ORDER BY s.started_at, line`);
}
