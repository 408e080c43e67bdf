import { edit } from "./case";

/** Wrong leases, acceptance checks and actions. */
export const lifecycle = [
  edit(
    "lease default above max",
    "default: 14d, max: 90d",
    "default: 140d, max: 90d",
    "140d",
    "longer than the maximum",
  ),
  edit("lease is a number", "default: 14d", "default: 14", "default: 14,", "a duration such as"),
  edit(
    "schedule",
    "lease: { default: 14d",
    "schedule: office-hours\n    lease: { default: 14d",
    "schedule: office",
    "schedule is not supported yet",
  ),
  edit(
    "acceptance of unknown output",
    'outputs.url }}", status',
    'outputs.uri }}", status',
    "outputs.uri",
    'no output "uri"',
  ),
  edit("acceptance status", "status: 200", "status: 20", "status: 20", "at least 100"),
  edit(
    "action on unknown component",
    "component: db, run",
    "component: dbb, run",
    "dbb",
    'did you mean "db"',
  ),
  edit("action without command", 'run: [psql, -c, "select 1"]', "run: []", "run: []", "must not be empty"),
];
