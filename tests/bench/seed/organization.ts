import type pg from "pg";
import type { Sizes } from "./sizes";

/**
 * Cost centers, people, projects with their members, and clouds. The demo people one signs in as get a plausible share:
 * the developer works in 6 projects, the approver decides in 12.
 */
export async function seedOrganization(client: pg.ClientBase, sizes: Sizes): Promise<void> {
  await client.query(`
    CREATE TEMP TABLE words AS SELECT
      ARRAY['Ada','Ben','Carla','David','Emma','Felix','Greta','Hugo','Ines','Jan','Karin','Leo','Mara','Nils','Olga',
        'Paul','Rosa','Sven','Tina','Udo','Vera','Willem','Yara','Zoe','Amir'] AS first,
      ARRAY['Abel','Brandt','Costa','Duarte','Eriksen','Fischer','Garcia','Hansen','Ivanova','Jensen','Keller','Lang',
        'Moreau','Novak','Olsen','Petrov','Quinn','Rossi','Schmidt','Tanaka'] AS last,
      ARRAY['Checkout','Search','Pricing','Ledger','Identity','Catalog','Shipping','Claims','Reporting','Mobile',
        'Onboarding','Risk','Loyalty','Billing','Media','Partner','Support','Analytics','Forecast','Inventory'] AS area,
      ARRAY['Core','Web','Services','Lab','Platform','Operations','Insights','Gateway','Tools','Experience'] AS part`);
  await client.query(
    `INSERT INTO app_user (id, email, name, created_at, updated_at)
     SELECT 'usr_bench' || lpad(n::text, 4, '0'), 'person' || n || '@scale.example',
       first[1 + (n - 1) % 25] || ' ' || last[1 + ((n - 1) / 25) % 20] || CASE WHEN n > 500 THEN ' ' || n ELSE '' END,
       now() - interval '400 days', now()
     FROM words, generate_series(1, $1::int) AS n`,
    [sizes.people],
  );
  await client.query(
    `INSERT INTO cost_center (id, code, name, owner_id, created_at)
     SELECT 'cc_bench' || lpad(n::text, 3, '0'), 'CC-' || 5000 + n * 10, area[1 + (n - 1) % 20] || ' ' || part[1 + (n - 1) / 20],
       'usr_bench' || lpad(n::text, 4, '0'), now() - interval '400 days'
     FROM words, generate_series(1, $1::int) AS n`,
    [sizes.costCenters],
  );
  await client.query(
    `INSERT INTO project (id, slug, name, description, cost_center_id, approval_limit, budget_monthly, currency, quota_cpu,
       quota_memory_bytes, quota_storage_bytes, quota_environments, max_lease_days, created_at, updated_at)
     SELECT 'prj_bench' || lpad(n::text, 3, '0'), lower(area[1 + (n - 1) % 20] || '-' || part[1 + (n - 1) / 20 % 10]) ||
         CASE WHEN n > 200 THEN '-' || n ELSE '' END,
       area[1 + (n - 1) % 20] || ' ' || part[1 + (n - 1) / 20 % 10] || CASE WHEN n > 200 THEN ' ' || n ELSE '' END,
       'What ' || area[1 + (n - 1) % 20] || ' needs.', 'cc_bench' || lpad((1 + (n - 1) % $2)::text, 3, '0'),
       40, 500 + (n * 37) % 4000, 'EUR', 2000, 8000 * 2::bigint ^ 30, 50000 * 2::bigint ^ 30, 1000, 180,
       now() - interval '400 days', now()
     FROM words, generate_series(1, $1::int) AS n`,
    [sizes.projects, sizes.costCenters],
  );
  // An owner, an approver and six developers each; everybody works in about three projects.
  await client.query(
    `INSERT INTO project_member (project_id, user_id, role)
     SELECT 'prj_bench' || lpad(p::text, 3, '0'), 'usr_bench' || lpad((1 + (p * 7 + m * 61) % $2)::text, 4, '0'),
       (CASE m WHEN 0 THEN 'owner' WHEN 1 THEN 'approver' ELSE 'developer' END)::project_role
     FROM generate_series(1, $1::int) AS p, generate_series(0, 7) AS m ON CONFLICT DO NOTHING`,
    [sizes.projects, sizes.people],
  );
  await client.query(
    `INSERT INTO project_member (project_id, user_id, role)
     SELECT 'prj_bench' || lpad(p::text, 3, '0'), u.id, r.role::project_role
     FROM (VALUES ('demo-developer@rostrum.example', 'developer', 6), ('demo-approver@rostrum.example', 'approver', 12))
       AS r(email, role, projects)
     JOIN app_user u ON u.email = r.email CROSS JOIN LATERAL generate_series(1, r.projects) AS p`,
  );
  await client.query(
    `INSERT INTO cloud (id, name, title, driver, config, labels, enabled, health_ok, health_message, checked_at, updated_at)
     SELECT 'cld_bench' || n, 'region-' || n, (ARRAY['Frankfurt','Stockholm','Dublin','Virginia','Singapore'])[n], 'simulated',
       '{"assumePresent": true}', jsonb_build_object('location', 'region-' || n), true, true, 'Answers', now(), now()
     FROM generate_series(1, 5) AS n`,
  );
}
