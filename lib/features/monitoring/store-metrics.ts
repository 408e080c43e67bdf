import { sql } from "kysely";
import { resourceRows } from "@/lib/features/environments/joins";
import { requestRows } from "@/lib/features/requests/joins";
import { kindsWhere, type RequestKind } from "@/lib/features/requests/schema";
import { type Db, pooled, rowsOf, statements } from "@/lib/platform/db";

const markingCharts = kindsWhere((operation) => operation.marksCharts);

/** What a component used in one bucket of time; null where there is no sample. */
export interface Bucket {
  component: string;
  at: Date;
  cpu: number | null;
  memory: number | null;
  storage: number | null;
  /** Counters since the component began. */
  received: number | null;
  sent: number | null;
}

/** Samples of an environment's components in even buckets up to now, by component and time. */
export async function listBuckets(
  environmentId: string,
  { rangeSeconds, stepSeconds }: { rangeSeconds: number; stepSeconds: number },
  db: Db = pooled,
): Promise<Bucket[]> {
  const last = Math.trunc(rangeSeconds / stepSeconds) - 1;
  const start = (bucket: "b.n" | "b.n + 1") =>
    sql<Date>`o.at + (${sql.raw(bucket)}) * ${stepSeconds}::int * interval '1 second'`;
  const buckets = statements
    .selectFrom(resourceRows.as("r"))
    .crossJoin(sql<{ at: Date }>`(SELECT now() - ${rangeSeconds}::int * interval '1 second' AS at)`.as("o"))
    .crossJoin(sql<{ n: number }>`(SELECT generate_series(0, ${last}::int) AS n)`.as("b"))
    .leftJoinLateral(
      ({ selectFrom }) =>
        selectFrom("sample as s")
          .select([
            sql<number | null>`avg(s.cpu_cores)::float8`.as("cpu"),
            sql<number | null>`avg(s.memory_bytes)::float8`.as("memory"),
            sql<number | null>`max(s.storage_bytes)::float8`.as("storage"),
            sql<number | null>`max(s.network_received_bytes)::float8`.as("received"),
            sql<number | null>`max(s.network_sent_bytes)::float8`.as("sent"),
          ])
          .whereRef("s.resource_id", "=", "r.id")
          .where("s.at", ">=", start("b.n"))
          .where("s.at", "<", start("b.n + 1"))
          .as("x"),
      (join) => join.onTrue(),
    )
    .select(["r.component", start("b.n").as("at"), "x.cpu", "x.memory", "x.storage", "x.received", "x.sent"])
    .where("r.environment_id", "=", environmentId)
    .orderBy("r.created_at")
    .orderBy("r.component")
    .orderBy("b.n");
  return await rowsOf(buckets, db);
}

/** Incidents and changes of an environment within a time, oldest first, at most 20. */
export async function listHappenings(
  environmentId: string,
  rangeSeconds: number,
  db: Db = pooled,
): Promise<{ at: Date; incident: string | null; change: RequestKind | null }[]> {
  const since = sql<Date>`now() - ${rangeSeconds}::int * interval '1 second'`;
  const happenings = statements
    .selectFrom("incident")
    .select([
      "opened_at as at",
      sql<string | null>`component || ' ' || kind`.as("incident"),
      sql<RequestKind | null>`NULL::text`.as("change"),
    ])
    .where("environment_id", "=", environmentId)
    .where("opened_at", ">", since)
    .unionAll(({ selectFrom }) =>
      selectFrom(requestRows.as("request"))
        .select([
          "created_at as at",
          sql<string | null>`NULL::text`.as("incident"),
          sql<RequestKind | null>`kind::text`.as("change"),
        ])
        .where("environment_id", "=", environmentId)
        .where("kind", "in", markingCharts)
        .where("created_at", ">", since),
    )
    .orderBy("at")
    .limit(20);
  return await rowsOf(happenings, db);
}
