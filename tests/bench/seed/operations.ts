import type pg from "pg";
import type { Sizes } from "./sizes";

/** Samples, incidents, backups, notifications and audit events, in the numbers that retention leaves. */
export async function seedOperations(client: pg.ClientBase, sizes: Sizes): Promise<void> {
  // The watched ones as densely as the product keeps them: two days of every 10 s, then every 5 minutes for a week.
  await client.query(
    `INSERT INTO sample (resource_id, at, cpu_cores, memory_bytes, storage_bytes, network_received_bytes, network_sent_bytes)
     SELECT c.resource_id, t.at, c.cpu * (0.2 + 0.15 * sin(extract(epoch FROM t.at) / 3600)), c.memory_bytes * 0.55, c.storage_bytes * 0.3,
       extract(epoch FROM t.at)::bigint * 100, extract(epoch FROM t.at)::bigint * 40
     FROM (
       SELECT now() - s * interval '10 seconds' AS at, true AS dense FROM generate_series(0, 17279) AS s
       UNION ALL SELECT now() - s * interval '5 minutes', true FROM generate_series(577, 2016) AS s
       UNION ALL SELECT now() - s * interval '15 minutes', false FROM generate_series(0, 23) AS s) t
     JOIN bench_component c ON (c.i <= $1) = t.dense WHERE c.class IN ('running', 'degraded', 'unhealthy') ORDER BY t.at`,
    [sizes.watched],
  );
  await client.query(`
    INSERT INTO incident (id, environment_id, component, kind, status, summary, actions, opened_at, closed_at)
    SELECT 'inc_b' || row_number() OVER (), environment_id, component, 'health', (CASE WHEN closed IS NULL THEN 'open' ELSE 'resolved' END)::incident_status, 'Health check failed 6 times: status 503',
      '[{"at": "2026-01-01T00:00:00Z", "text": "Restarted"}]', opened, closed FROM (
      SELECT DISTINCT ON (i) environment_id, component, now() - interval '3 hours' AS opened, NULL::timestamptz AS closed
      FROM bench_component WHERE class = 'unhealthy'
      UNION ALL
      SELECT environment_id, component, ready_at + (ended - ready_at) * 0.3, ready_at + (ended - ready_at) * 0.3 + interval '40 seconds'
      FROM bench_component WHERE i % 3 = 0) x ORDER BY opened`);
  await client.query(`
    INSERT INTO backup (id, environment_id, kind, status, size_bytes, template_version, created_at, finished_at)
    SELECT 'bak_b' || b.i || '-' || d, b.id, 'scheduled', 'succeeded', 4000000 + b.i * 100, '1.0.0', now() - d * interval '1 day',
      now() - d * interval '1 day' + interval '9 seconds'
    FROM bench_env b, generate_series(1, 7) AS d WHERE b.class IN ('running', 'degraded') AND b.created_at < now() - d * interval '1 day'`);
  await client.query(`
    INSERT INTO notification (id, user_id, kind, title, body, href, read_at, created_at)
    SELECT 'ntf_b' || row_number() OVER (), u.id, 'request.approved', 'Your request was approved', 'web-test-' || n || ' is being made.', '/requests',
      CASE WHEN n > 3 THEN now() END, now() - n * interval '1 day'
    FROM app_user u, generate_series(1, 80) AS n`);
  // Through the trigger that chains them, as always.
  await client.query(
    `INSERT INTO audit_event (id, at, actor_id, actor_label, via, action, object_type, object_id, project_id, outcome, detail)
     SELECT 'aud_b' || r.n, r.at, b.owner_id, 'A developer', 'session', 'request.' || r.kind, 'request', r.request_id, b.project_id,
       CASE WHEN r.n % 50 = 0 THEN 'denied' ELSE 'allowed' END, jsonb_build_object('environment', b.name)
     FROM (SELECT * FROM bench_run ORDER BY n DESC LIMIT $1) r JOIN bench_env b USING (i) ORDER BY r.n`,
    [sizes.auditEvents],
  );
}
