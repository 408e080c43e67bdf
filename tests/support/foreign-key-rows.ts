/** Two users, a project, a template version, clouds, an environment with a request, its plan and its run. */
export const scene = `
  INSERT INTO app_user (id, email, name, org_role, updated_at) VALUES
    ('usr_owner', 'owner@example.test', 'Owner', NULL, now()), ('usr_gone', 'gone@example.test', 'Gone', 'admin', now());
  INSERT INTO cost_center (id, code, name, owner_id) VALUES ('cc', 'C', 'C', 'usr_gone');
  INSERT INTO project (id, slug, name, cost_center_id, updated_at) VALUES ('prj', 'p', 'P', 'cc', now());
  INSERT INTO template (id, name, title, updated_at) VALUES ('tpl', 't', 'T', now());
  INSERT INTO template_version (id, template_id, version, status, source, manifest, digest, author_id, reviewer_id)
    VALUES ('tv', 'tpl', '1.0.0', 'published', '', '{}', 'd', 'usr_gone', 'usr_gone');
  INSERT INTO cloud (id, name, title, driver, updated_at) VALUES
    ('cld', 'c', 'C', 'simulated', now()), ('cld_empty', 'e', 'E', 'simulated', now());
  INSERT INTO ignored_orphan (cloud_id, type, external_id, ignored_by_id) VALUES
    ('cld', 'container', 'x', 'usr_gone'), ('cld_empty', 'container', 'x', 'usr_gone');
  INSERT INTO environment (id, name, project_id, owner_id, template_version_id, updated_at)
    VALUES ('env', 'e', 'prj', 'usr_owner', 'tv', now());
  INSERT INTO resource (id, environment_id, component, cloud_id, kind, external_id, status, desired_digest)
    VALUES ('res', 'env', 'web', 'cld', 'process', 'x', 'running', '');
  INSERT INTO incident (id, environment_id, component, kind, summary) VALUES ('inc', 'env', 'web', 'down', '');
  INSERT INTO request (id, kind, requester_id, project_id, environment_id, payload, status)
    VALUES ('req', 'create', 'usr_gone', 'prj', 'env', '{}', 'pending_approval');
  INSERT INTO plan (id, request_id, environment_id, template_version_id, base_generation, digest, parameters, changes, cost, verdicts)
    VALUES ('pln', 'req', 'env', 'tv', 0, 'd', '{}', '[]', '{}', '[]');
  INSERT INTO approval (id, request_id, plan_id, plan_digest, approver_id, decision)
    VALUES ('apr', 'req', 'pln', 'd', 'usr_gone', 'approve');
  INSERT INTO reservation (id, project_id, environment_id, request_id, state, cpu, memory_bytes, storage_bytes, environments, monthly_cost)
    VALUES ('rsv', 'prj', 'env', 'req', 'converted', 1, 1, 1, 1, 1);
  INSERT INTO run (id, environment_id, request_id, plan_id, kind, status, cancelled_by_id)
    VALUES ('run', 'env', 'req', 'pln', 'create', 'failed', 'usr_gone');
  UPDATE request SET plan_id = 'pln', run_id = 'run';
  UPDATE environment SET failed_run_id = 'run';
  INSERT INTO backup (id, environment_id, request_id, created_by_id) VALUES ('bak', 'env', 'req', 'usr_gone');
  INSERT INTO notification (id, user_id, kind, title) VALUES ('ntf', 'usr_gone', 'x', 'x');
  INSERT INTO idempotency_record (user_id, key, request_hash) VALUES ('usr_gone', 'k', '');
  INSERT INTO webhook (id, name, url, format, groups, sealed, created_by_id, updated_at)
    VALUES ('whk', 'w', 'https://example.test', 'json', '{}', '', 'usr_gone', now());`;

/** What names something that is gone, whatever way an installation came to it. */
export const dangling = `
  SET rostrum.purge = 'on';
  INSERT INTO environment (id, name, project_id, owner_id, template_version_id, failed_run_id, updated_at)
    VALUES ('env_lost', 'l', 'prj', 'usr_lost', 'tv_lost', 'run_lost', now());
  INSERT INTO resource (id, environment_id, component, cloud_id, kind, external_id, status, desired_digest)
    VALUES ('res_lost', 'env_lost', 'web', 'cld_lost', 'process', 'x', 'running', '');
  INSERT INTO request (id, kind, requester_id, project_id, environment_id, payload, status, plan_id, run_id)
    VALUES ('req_lost', 'create', 'usr_lost', 'prj_lost', 'env_lost', '{}', 'succeeded', 'pln_none', 'run_none'),
      ('req_none', 'create', NULL, 'prj', 'env_none', '{}', 'succeeded', NULL, NULL);
  INSERT INTO plan (id, request_id, environment_id, template_version_id, base_generation, digest, parameters, changes, cost, verdicts)
    VALUES ('pln_lost', 'req_lost', 'env_lost', 'tv_lost_too', 0, 'd', '{}', '[]', '{}', '[]'),
      ('pln_of_none', 'req_none', 'env_none', 'tv', 0, 'd', '{}', '[]', '{}', '[]');
  INSERT INTO approval (id, request_id, plan_id, plan_digest, approver_id, decision) VALUES
    ('apr_lost', 'req_none', 'pln_of_none', 'd', 'usr_lost', 'approve');
  INSERT INTO reservation (id, project_id, environment_id, request_id, state, cpu, memory_bytes, storage_bytes, environments, monthly_cost)
    VALUES ('rsv_lost', 'prj_lost', 'env_lost', 'req_lost', 'converted', 1, 1, 1, 1, 1),
      ('rsv_none', 'prj', 'env_none', 'req_none', 'converted', 1, 1, 1, 1, 1);
  INSERT INTO run (id, environment_id, request_id, plan_id, kind, status, cancelled_by_id)
    VALUES ('run_kept', 'env_lost', 'req_gone', 'pln_gone', 'create', 'failed', 'usr_lost'),
      ('run_of_none', 'env_none', 'req_none', 'pln_of_none', 'create', 'failed', NULL);
  INSERT INTO step (id, run_id, position, component, action) VALUES ('stp_of_none', 'run_of_none', 0, 'web', 'create');
  INSERT INTO backup (id, environment_id, request_id, created_by_id) VALUES ('bak_lost', 'env_lost', 'req_gone', 'usr_lost'),
    ('bak_none', 'env_none', NULL, NULL);
  INSERT INTO backup_part (backup_id, component, method, location, size_bytes, sha256) VALUES ('bak_none', 'db', 'dump', '', 1, '');
  INSERT INTO incident (id, environment_id, component, kind, summary) VALUES ('inc_none', 'env_none', 'web', 'down', '');
  INSERT INTO notification (id, user_id, kind, title) VALUES ('ntf_lost', 'usr_lost', 'x', 'x');
  INSERT INTO idempotency_record (user_id, key, request_hash) VALUES ('usr_lost', 'k', '');
  INSERT INTO ignored_orphan (cloud_id, type, external_id, ignored_by_id) VALUES
    ('cld_none', 'container', 'x', NULL), ('cld', 'container', 'y', 'usr_lost');
  INSERT INTO upload (id, project_id, name, size_bytes, sha256, content) VALUES ('upl', 'prj', 'a', 1, '', '');
  INSERT INTO upload_use (upload_id, request_id, environment_id) VALUES ('upl', 'req_gone', 'env_lost'), ('upl', 'req_other', 'env_lost');
  UPDATE cost_center SET owner_id = 'usr_lost';
  UPDATE cloud SET price_book_id = 'pb_lost';
  UPDATE webhook SET created_by_id = 'usr_lost';
  UPDATE template_version SET author_id = 'usr_lost', reviewer_id = 'usr_lost';
  RESET rostrum.purge;`;
