import { sql } from "kysely";
import { resourceRows } from "@/lib/features/environments/joins";
import { projectQuotaRows } from "@/lib/features/projects/joins";
import { anyOf, type Db, now, pooled, rowOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import { reservationStates } from "./states";

/** What a request would add to a project; negative where it frees something. */
export interface QuotaDelta {
  cpu: number;
  memoryBytes: number;
  storageBytes: number;
  environments: number;
  /** Decimal text. */
  monthlyCost: string;
}

const amounts = ["cpu", "memory_bytes", "storage_bytes", "environments", "monthly_cost"] as const;

interface AmountsRow {
  cpu: string;
  memory_bytes: bigint | string;
  storage_bytes: bigint | string;
  environments: number | string;
  monthly_cost: string;
}

const deltaOf = (row: AmountsRow): QuotaDelta => ({
  cpu: Number(row.cpu),
  memoryBytes: Number(row.memory_bytes),
  storageBytes: Number(row.storage_bytes),
  environments: Number(row.environments),
  monthlyCost: row.monthly_cost,
});

const rowFor = ({ cpu, memoryBytes, storageBytes, environments, monthlyCost }: QuotaDelta) => ({
  cpu: String(cpu),
  memory_bytes: BigInt(Math.round(memoryBytes)),
  storage_bytes: BigInt(Math.round(storageBytes)),
  environments,
  monthly_cost: monthlyCost,
});

/** Use and limits of a project's quotas; limits are null when there is none. */
export interface ProjectUse {
  used: Omit<QuotaDelta, "monthlyCost">;
  limits: Record<keyof Omit<QuotaDelta, "monthlyCost">, number | null>;
}

/**
 * What the reservations of a project come to. One that frees something counts only once it is converted.
 * @param exceptRequestId a request whose own reservation is left out
 */
export async function findProjectUse(
  projectId: string,
  exceptRequestId: string,
  db: Db,
): Promise<ProjectUse | null> {
  const held = (column: "cpu" | "memory_bytes" | "storage_bytes" | "environments") => {
    const value = sql.ref(`r.${column}`);
    return sql<string>`coalesce(sum(case when r.state = 'reserved' then greatest(${value}, 0) else ${value} end), 0)`;
  };
  const use = statements
    .selectFrom(projectQuotaRows.as("p"))
    .leftJoin("reservation as r", (join) =>
      join
        .onRef("r.project_id", "=", "p.id")
        .on("r.state", "in", ["reserved", "converted"])
        .on("r.request_id", "<>", exceptRequestId),
    )
    .select([
      held("cpu").as("cpu"),
      held("memory_bytes").as("memory"),
      held("storage_bytes").as("storage"),
      held("environments").as("environments"),
    ])
    .select(["p.quota_cpu", "p.quota_memory_bytes", "p.quota_storage_bytes", "p.quota_environments"])
    .where("p.id", "=", projectId)
    .groupBy([
      "p.id",
      "p.quota_cpu",
      "p.quota_memory_bytes",
      "p.quota_storage_bytes",
      "p.quota_environments",
    ]);
  const row = await rowOf(use, db);
  if (!row) return null;
  const limit = (value: string | number | bigint | null) => (value === null ? null : Number(value));
  return {
    used: {
      cpu: Number(row.cpu),
      memoryBytes: Number(row.memory),
      storageBytes: Number(row.storage),
      environments: Number(row.environments),
    },
    limits: {
      cpu: limit(row.quota_cpu),
      memoryBytes: limit(row.quota_memory_bytes),
      storageBytes: limit(row.quota_storage_bytes),
      environments: limit(row.quota_environments),
    },
  };
}

/** What an environment's requests converted and did not give back. */
export async function sumConverted(environmentId: string): Promise<QuotaDelta> {
  const sums = statements
    .selectFrom("reservation")
    .select((eb) =>
      amounts.map((column) => eb.fn.coalesce(eb.fn.sum<string>(column), sql<string>`0`).as(column)),
    )
    .where("environment_id", "=", environmentId)
    .where("state", "=", "converted");
  const row = await rowOf(sums, pooled);
  return deltaOf(row as AmountsRow);
}

/** What a request reserved, if it is in that state. */
export async function findReservation(
  db: Db,
  requestId: string,
  state: "reserved" | "released",
): Promise<QuotaDelta | null> {
  const reservation = statements
    .selectFrom("reservation")
    .select(amounts)
    .where("request_id", "=", requestId)
    .where("state", "=", state);
  const row = await rowOf(reservation, db);
  return row && deltaOf(row);
}

export async function insertReservation(
  tx: Tx,
  reservation: { id: string; requestId: string; projectId: string; environmentId: string },
  delta: QuotaDelta,
): Promise<void> {
  const row = {
    id: reservation.id,
    project_id: reservation.projectId,
    environment_id: reservation.environmentId,
    request_id: reservation.requestId,
    state: "reserved" as const,
    ...rowFor(delta),
  };
  await writtenBy(statements.insertInto("reservation").values(row), tx);
}

/** Lets a request that gave back what it had reserved reserve something else. */
export async function reserveAgain(tx: Tx, requestId: string, delta: QuotaDelta): Promise<void> {
  const update = statements
    .updateTable("reservation")
    .set({ state: "reserved", settled_at: null, ...rowFor(delta) })
    .where("request_id", "=", requestId)
    .where("state", "in", reservationStates.before("reserved"));
  await writtenBy(update, tx);
}

const settle = (state: "converted" | "released") =>
  statements
    .updateTable("reservation")
    .set({ state, settled_at: now })
    .where("state", "in", reservationStates.before(state));

/** What a request reserved, or had given back, is held by its environment. */
export async function convert(tx: Tx, requestId: string, from: "reserved" | "released"): Promise<void> {
  await writtenBy(settle("converted").where("request_id", "=", requestId).where("state", "=", from), tx);
}

/** What a request reserved is free again. */
export async function release(db: Db, requestId: string): Promise<void> {
  await writtenBy(settle("released").where("request_id", "=", requestId).where("state", "=", "reserved"), db);
}

/**
 * All that environments hold is free again.
 * @param onlyEmpty those of them of which a resource exists continue holding it
 */
export async function releaseAllOf(
  db: Db,
  environmentIds: readonly string[],
  onlyEmpty = false,
): Promise<void> {
  const resources = statements
    .selectFrom(resourceRows.as("r"))
    .select("r.id")
    .whereRef("r.environment_id", "=", sql.ref("reservation.environment_id"));
  const all = settle("released").where("environment_id", "=", anyOf(environmentIds));
  await writtenBy(onlyEmpty ? all.where((eb) => eb.not(eb.exists(resources))) : all, db);
}
