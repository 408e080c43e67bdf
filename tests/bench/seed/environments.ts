import type pg from "pg";
import type { Sizes } from "./sizes";

/**
 * Environments and their resources, after the demo organization's: parameters, specifications and plans are as large as
 * the engine made those. They are marked as demo data, so that workers leave them alone: there is nothing behind them.
 */
export async function seedEnvironments(client: pg.ClientBase, sizes: Sizes): Promise<void> {
  await client.query(`
    CREATE TEMP TABLE model AS
    SELECT e.*, row_number() OVER (PARTITION BY class ORDER BY id) - 1 AS n, count(*) OVER (PARTITION BY class) AS of FROM (
      SELECT e.*, CASE WHEN e.status = 'running' AND e.health <> 'healthy' THEN e.health::text
          WHEN e.status = 'destroyed' AND e.ready_at IS NULL THEN 'rejected' ELSE e.status::text END AS class,
        (SELECT id FROM request q WHERE q.environment_id = e.id AND q.kind = 'create') AS create_request
      FROM environment e WHERE e.is_demo AND e.id NOT LIKE 'env\\_bench%') e`);
  await client.query(
    `CREATE TEMP TABLE bench_env AS
     SELECT d.*, 'env_bench' || lpad(d.i::text, 6, '0') AS id, m.id AS model_id, m.create_request, r.id AS running_id,
       'cld_bench' || (1 + d.i % 5) AS cloud_id
     FROM (
       SELECT c.*, 'prj_bench' || lpad(project::text, 3, '0') AS project_id, created_at + interval '2 minutes' AS ready_at,
         CASE WHEN class = 'destroyed' THEN created_at + (now() - created_at) * 0.6 ELSE now() END AS ended
       FROM (
         SELECT i,
           -- Few projects have many environments, many have few.
           CASE WHEN i <= $3 THEN 1 ELSE 1 + floor($2 * power(random(), 1.8))::int END AS project,
           CASE WHEN i <= $3 THEN 'running' WHEN i > $1 THEN 'destroyed' WHEN i % 200 < 168 THEN 'running'
             WHEN i % 200 < 180 THEN 'stopped' WHEN i % 200 < 184 THEN 'degraded' WHEN i % 200 < 187 THEN 'unhealthy'
             WHEN i % 200 < 192 THEN 'failed' WHEN i % 200 < 193 THEN 'pending' ELSE 'running' END AS class,
           CASE WHEN i % 200 = 192 AND i <= $1 THEN now() - random() * interval '3 days' WHEN i <= $3 THEN now() - interval '60 days'
             ELSE now() - interval '1 day' - power(random(), 1.5) * interval '364 days' END AS created_at,
           (ARRAY['web','api','worker','portal','sync','index','mail','report','import','edge'])[1 + i % 10] || '-' ||
             (ARRAY['test','staging','demo','feature','load','training'])[1 + (i / 10) % 6] || '-' || i AS name,
           random() AS pick
         FROM generate_series(1, ($1 * 1.1)::int) AS i) c) d
     JOIN (SELECT DISTINCT class, of FROM model) o USING (class) JOIN model m ON m.class = d.class AND m.n = d.i % o.of
     JOIN (SELECT *, max(n) OVER () AS top FROM model WHERE class = 'running') r ON r.n = d.i % (r.top + 1)`,
    [sizes.environments, sizes.projects, sizes.watched],
  );
  // Owned by a developer of the project; the watched ones by the person whose pages are measured.
  await client.query(`ALTER TABLE bench_env ADD owner_id text;
    CREATE TEMP TABLE developer AS SELECT project_id, user_id, row_number() OVER (PARTITION BY project_id ORDER BY user_id) - 1 AS n,
      count(*) OVER (PARTITION BY project_id) AS of FROM project_member WHERE role = 'developer' AND project_id LIKE 'prj\\_bench%';
    UPDATE bench_env b SET owner_id = d.user_id FROM developer d
      WHERE d.project_id = b.project_id AND d.n = floor(b.pick * d.of)`);
  await client.query(
    "UPDATE bench_env SET owner_id = (SELECT id FROM app_user WHERE email = 'demo-developer@rostrum.example') WHERE i <= $1",
    [sizes.watched],
  );
  await client.query(
    `CREATE UNIQUE INDEX ON bench_env (id); CREATE INDEX ON bench_env (i); ANALYZE bench_env`,
  );
  await client.query(`
    INSERT INTO environment (id, name, project_id, owner_id, template_version_id, parameters, placement, generation, status, health,
      health_message, outputs, monthly_cost, currency, lease_ends_at, lease_warned_at, is_demo, created_at, updated_at, ready_at,
      destroyed_at, next_check_at)
    SELECT b.id, b.name, b.project_id, b.owner_id, m.template_version_id, m.parameters,
      replace(m.placement::text, (SELECT id FROM cloud WHERE name = 'demo-cloud'), b.cloud_id)::jsonb, 1, m.status, m.health,
      m.health_message, m.outputs, m.monthly_cost, m.currency,
      CASE WHEN b.class NOT IN ('pending', 'destroyed') THEN now() + interval '2 days' + b.pick * interval '120 days' END, now(), true,
      b.created_at, b.ended, CASE WHEN b.class NOT IN ('pending', 'failed') THEN b.ready_at END,
      CASE WHEN b.class = 'destroyed' THEN b.ended END, now() + interval '10 years'
    FROM bench_env b JOIN model m ON m.id = b.model_id`);
  // What is (or was) held: of destroyed ones only the costs are left.
  await client.query(`
    CREATE TEMP TABLE bench_component AS
    SELECT b.i, b.id AS environment_id, 'res_b' || lpad(b.i::text, 6, '0') || r.component AS resource_id, r.id AS model_resource,
      r.component, r.cpu, r.memory_bytes, r.storage_bytes, r.replicas, b.class, b.cloud_id, b.project_id, b.owner_id,
      e.template_version_id, b.ready_at, b.ended
    FROM bench_env b JOIN environment e ON e.id = b.id
    JOIN resource r ON r.environment_id = CASE WHEN b.class IN ('destroyed', 'failed') THEN b.running_id ELSE b.model_id END
    WHERE b.class <> 'pending'`);
  await client.query(`
    INSERT INTO resource (id, environment_id, component, cloud_id, kind, external_id, status, desired_digest, spec, cpu, memory_bytes,
      storage_bytes, replicas, attributes, address, outputs, health, health_message, failures, restarts, last_observed_at, created_at)
    SELECT c.resource_id, c.environment_id, c.component, c.cloud_id, r.kind, 'sim-' || c.environment_id || '-' || c.component, r.status,
      r.desired_digest, r.spec, r.cpu, r.memory_bytes, r.storage_bytes, r.replicas, r.attributes, r.address, r.outputs, r.health,
      r.health_message, r.failures, r.restarts, now(), c.ready_at
    FROM bench_component c JOIN resource r ON r.id = c.model_resource WHERE c.class <> 'destroyed'`);
}
