import { Cron } from "croner";
import { z } from "zod";
import { argv, bytes, cpu, duration, durationFrom, port, text, wholeNumber } from "./schema-values";

const cronHelp = 'expected a cron schedule such as "0 2 * * *" (minute hour day month weekday)';

function isCron(schedule: string): boolean {
  try {
    new Cron(schedule, { paused: true });
    return schedule.trim().split(/\s+/).length === 5 || schedule.startsWith("@");
  } catch {
    return false;
  }
}

/** False for a moment that no calendar has, such as February 31. */
function comesToPass(schedule: string): boolean {
  return new Cron(schedule, { paused: true, timezone: "UTC" }).nextRun() !== null;
}

/** Five fields, or @hourly, @daily, @weekly, @monthly. Evaluated in UTC unless a time zone stands beside it. */
export const cron = z
  .string({ error: cronHelp })
  .max(120)
  .refine(isCron, { error: cronHelp, abort: true })
  .refine(comesToPass, { error: "this schedule never runs: no month has that day" });

/** What quota, placement and price read. All zero when absent: an automation holds nothing. */
export const sizeSchema = z.strictObject({
  cpu: cpu.default(0),
  memory: bytes.default(0),
  storage: bytes.default(0),
});

const keepCount = z.int().min(0).max(1_000);

/** How an environment's data is captured: `dump` writes to standard output, `restore` reads it from standard input. */
export const backupSchema = z
  .strictObject({
    schedule: cron.optional(),
    keep: z
      .strictObject({
        last: keepCount.optional(),
        hourly: keepCount.optional(),
        daily: keepCount.optional(),
        weekly: keepCount.optional(),
      })
      .refine((keep) => Object.values(keep).some((count) => count > 0), {
        error: "keep at least one backup: last, hourly, daily or weekly must be greater than zero",
      })
      .default({ daily: 7 }),
    dump: argv.optional(),
    restore: argv.optional(),
    snapshot: z.array(z.string().min(1).max(512)).min(1, "must not be empty").max(32).optional(),
  })
  .superRefine((backup, context) => {
    const add = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    if (!backup.dump && !backup.snapshot) add([], "a backup requires dump (with restore) or snapshot");
    if (backup.dump && !backup.restore) add(["dump"], "a dump requires a restore command that reads it");
    if (backup.restore && !backup.dump)
      add(["restore"], "a restore requires a dump command that writes its input");
  });

/** How to tell that a component is well. */
export const healthSchema = z
  .strictObject({
    http: z.string().min(1).max(1_000).optional(),
    tcp: port.optional(),
    exec: argv.optional(),
    port: port.optional(),
    status: z.int().min(100).max(599).optional(),
    interval: durationFrom("1s", "1h").default("10s"),
    timeout: durationFrom("100ms", "10m").default("5s"),
    failures: z.int().min(1).max(100).default(3),
    grace: durationFrom("0s", "1h").default("30s"),
    /** How long it has to pass without a break after a start before a change counts as done. */
    window: durationFrom("0s", "10m").optional(),
  })
  .superRefine((health, context) => {
    const given = [health.http, health.tcp, health.exec].filter((item) => item !== undefined).length;
    if (given !== 1) {
      context.addIssue({ code: "custom", path: [], message: "set exactly one of http, tcp or exec" });
    }
    if (health.http && !health.http.startsWith("/") && !health.http.startsWith("${{")) {
      context.addIssue({ code: "custom", path: ["http"], message: "expected a path that starts with /" });
    }
  });

/** How many replicas a component begins with at least, whatever `replicas` says. */
export const scalingSchema = z.strictObject({ min: wholeNumber(0, 1_000).default(1) });

/** How often Rostrum tries to bring a component back by itself before a person is called. */
export const recoverySchema = z.strictObject({
  attempts: z.int().min(0).max(1_000).default(5),
  window: duration.default("1h"),
  /** Whether lost data is restored from the newest good backup by itself. What was written after that backup stays lost. */
  restore: z.boolean().default(false),
});

/** One automatic check that a new environment really works. */
export const acceptanceSchema = z.strictObject({
  name: text.optional(),
  http: z.string().min(1).max(2_000),
  status: z.int().min(100).max(599).default(200),
  contains: z.string().max(1_000).optional(),
  timeout: duration.default("60s"),
});
