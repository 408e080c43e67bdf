import type pg from "pg";
import type { Sizes } from "./sizes";

/**
 * Usage records of twelve months with a charge each, and the sums by day they add up to. Every component has blocks of
 * four hours spread over its life, the last of which ends now; the watched environments have every hour.
 */
export async function seedMoney(client: pg.ClientBase, sizes: Sizes): Promise<void> {
  await client.query(`
    CREATE TEMP TABLE bench_meter AS
    SELECT c.*, m.meter, m.unit, m.quantity, p.id AS price_id, p.unit_price, b.currency,
      date_trunc('hour', least(c.ended, now())) - interval '1 hour' AS last_hour,
      greatest(0, floor(extract(epoch FROM c.ended - c.ready_at) / 3600))::int AS hours
    FROM bench_component c
    CROSS JOIN LATERAL (VALUES ('cpu', 'Core-Hours', c.cpu * c.replicas),
      ('memory', 'GiB-Hours', c.memory_bytes / 1073741824.0 * c.replicas),
      ('storage', 'GiB-Hours', c.storage_bytes / 1073741824.0)) AS m(meter, unit, quantity)
    JOIN price_book b ON b.is_default
    JOIN LATERAL (SELECT id, unit_price FROM price WHERE price_book_id = b.id AND meter = m.meter ORDER BY valid_from LIMIT 1) p ON true
    WHERE m.quantity > 0`);
  await client.query(
    `CREATE TEMP TABLE bench_hour AS SELECT * FROM (
     WITH known AS (SELECT coalesce(sum(hours) FILTER (WHERE i <= $2), 0) AS watched, count(*) FILTER (WHERE i > $2) AS others FROM bench_meter),
     share AS (SELECT greatest(1, ceil(($1 - watched)::float8 / others / 4 * 1.04))::int AS blocks FROM known)
     SELECT m.*, m.last_hour - g.back * interval '1 hour' AS hour FROM bench_meter m, share
     CROSS JOIN LATERAL (
       SELECT j AS back FROM generate_series(0, m.hours - 1) AS j WHERE m.i <= $2
       UNION
       SELECT least(m.hours - 1, block * greatest(1, m.hours / share.blocks) + h)
       FROM generate_series(0, share.blocks - 1) AS block, generate_series(0, 3) AS h WHERE m.i > $2 AND m.hours > 0) g
     -- What is too much is the oldest: everything that lives is charged until now.
     ORDER BY hour DESC LIMIT $1) kept ORDER BY hour`,
    [sizes.usage, sizes.watched],
  );
  await client.query(`ALTER TABLE bench_hour ADD n bigserial`);
  await withoutIndexes(client, ["usage_record", "charge", "daily_cost"], async () => {
    await client.query(`
      INSERT INTO usage_record (id, hour, environment_id, resource_id, component, meter, unit, quantity, project_id, cost_center_id,
        owner_id, template_version_id, cloud_id, created_at)
      SELECT 'use_b' || lpad(n::text, 9, '0'), hour, environment_id, resource_id, component, meter, unit, quantity, h.project_id,
        p.cost_center_id, owner_id, template_version_id, cloud_id, hour + interval '1 hour'
      FROM bench_hour h JOIN project p ON p.id = h.project_id ORDER BY n`);
    await client.query(`
      INSERT INTO charge (id, usage_record_id, price_id, amount, currency, hour, environment_id, project_id, cost_center_id, component,
        meter, created_at)
      SELECT 'chg_b' || lpad(n::text, 9, '0'), 'use_b' || lpad(n::text, 9, '0'), price_id, round(quantity * unit_price, 10), h.currency,
        hour, environment_id, h.project_id, p.cost_center_id, component, meter, hour + interval '1 hour'
      FROM bench_hour h JOIN project p ON p.id = h.project_id ORDER BY n`);
    await client.query(`
      INSERT INTO daily_cost (day, environment_id, component, meter, currency, project_id, cost_center_id, owner_id, template_id,
        cloud_id, quantity, amount)
      SELECT (h.hour AT TIME ZONE 'UTC')::date AS day, h.environment_id, h.component, h.meter, h.currency, h.project_id,
        p.cost_center_id, h.owner_id, v.template_id, h.cloud_id, sum(h.quantity), sum(round(h.quantity * h.unit_price, 10))
      FROM bench_hour h JOIN project p ON p.id = h.project_id JOIN template_version v ON v.id = h.template_version_id
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ORDER BY 1`);
  });
  await seedStatements(client);
}

/** Months that are closed: the last eleven but one, for every cost center. */
async function seedStatements(client: pg.ClientBase): Promise<void> {
  await client.query(`
    INSERT INTO statement (id, cost_center_id, month, currency, total, lines, digest, closed_at)
    SELECT 'stm_b' || to_char(month, 'YYYYMM') || cost_center_id, cost_center_id, month, currency, sum(amount),
      json_agg(json_build_object('projectId', project_id, 'project', project, 'environmentId', environment_id, 'environment',
        environment, 'component', component, 'meter', meter, 'quantity', quantity::text, 'amount', amount::text)
        ORDER BY project, environment, component, meter), md5(cost_center_id || month), month + interval '32 days'
    FROM (
      SELECT date_trunc('month', d.day)::date AS month, d.cost_center_id, d.currency, d.project_id, p.name AS project,
        d.environment_id, e.name AS environment, d.component, d.meter, trim_scale(sum(d.quantity)) AS quantity,
        trim_scale(sum(d.amount)) AS amount
      FROM daily_cost d JOIN project p ON p.id = d.project_id JOIN environment e ON e.id = d.environment_id
      WHERE d.cost_center_id LIKE 'cc\\_bench%' AND d.day < date_trunc('month', now() - interval '1 month')
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9) x
    GROUP BY month, cost_center_id, currency`);
}

/** Indexes are made again in one go afterwards: several times faster than keeping them for a million rows. */
async function withoutIndexes(
  client: pg.ClientBase,
  tables: string[],
  work: () => Promise<void>,
): Promise<void> {
  const { rows } = await client.query<{ drop: string; make: string }>(
    `SELECT format('DROP INDEX %I', i.indexname) AS drop, i.indexdef AS make FROM pg_indexes i
     WHERE i.schemaname = 'public' AND i.tablename = ANY($1)
       AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)`,
    [tables],
  );
  for (const { drop } of rows) await client.query(drop);
  await work();
  for (const { make } of rows) await client.query(make);
}
