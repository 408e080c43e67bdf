import { type Compilable, sql } from "kysely";
import { now, rowOf, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";

/** Lets this transaction delete what is append-only otherwise. */
export async function allowPurge(tx: Tx): Promise<void> {
  const purge = statements.selectNoFrom((eb) =>
    eb.fn<string>("set_config", [eb.val("rostrum.purge"), eb.val("on"), sql.lit(true)]).as("purge"),
  );
  await rowOf(purge, tx);
}

/** Marks environments as demo data that only demo clouds run, and those in demo projects that never became anything. */
export async function markTrials(tx: Tx): Promise<void> {
  const trials = statements
    .updateTable("environment as e")
    .set({ is_demo: true })
    .where("e.is_demo", "=", false)
    .where((eb) => {
      const resources = eb.selectFrom("resource as r").whereRef("r.environment_id", "=", "e.id");
      const onlyDemoClouds = resources
        .innerJoin("cloud as c", "c.id", "r.cloud_id")
        .select((of) => of.fn<boolean>("bool_and", ["c.is_demo"]).as("all"));
      const demoProject = eb
        .selectFrom("project as p")
        .select("p.id")
        .whereRef("p.id", "=", "e.project_id")
        .where("p.is_demo", "=", true);
      const openRun = eb
        .selectFrom("run as u")
        .select("u.id")
        .whereRef("u.environment_id", "=", "e.id")
        .where("u.status", "in", ["queued", "running", "parked"]);
      const used = eb
        .selectFrom("usage_record as w")
        .select("w.id")
        .whereRef("w.environment_id", "=", "e.id");
      const becameNothing = eb.and([
        eb.exists(demoProject),
        eb.not(eb.exists(resources.select("r.id"))),
        eb.not(eb.exists(openRun)),
        // What ran and is destroyed was real: its costs stay where its project does.
        eb.not(eb.exists(used)),
      ]);
      return eb.or([onlyDemoClouds.$asScalar().$notNull(), becameNothing]);
    });
  await writtenBy(trials, tx);
}

/**
 * Locks environments that are real and belong to a demo user or, while they live, to a demo project; answers them by name.
 * The destroyed ones keep their history and costs.
 */
export async function lockRealOfDemo(tx: Tx): Promise<{ name: string; lives: boolean }[]> {
  const real = statements
    .selectFrom("environment as e")
    .innerJoin("project as p", "p.id", "e.project_id")
    .innerJoin("app_user as u", "u.id", "e.owner_id")
    .select(["e.name", sql<boolean>`e.destroyed_at is null`.as("lives")])
    .where("e.is_demo", "=", false)
    .where((eb) => {
      const ofUser = eb("u.is_demo", "=", true);
      return eb.or([
        eb.and([eb("e.destroyed_at", "is", null), eb.or([eb("p.is_demo", "=", true), ofUser])]),
        eb.and([eb("e.destroyed_at", "is not", null), eb("p.is_demo", "=", false), ofUser]),
      ]);
    })
    .orderBy("e.name")
    .forNoKeyUpdate("e");
  return await rowsOf(real, tx);
}

const demoUsers = statements.selectFrom("app_user").select("id").where("is_demo", "=", true);

/** Makes the demo projects in which something real lives ordinary ones. */
export async function keepProjectsOfReal(tx: Tx): Promise<void> {
  const projects = statements
    .updateTable("project")
    .set({ is_demo: false, updated_at: now })
    .where("is_demo", "=", true)
    .where("id", "in", (eb) =>
      eb
        .selectFrom("environment")
        .select("project_id")
        .where("is_demo", "=", false)
        .where("destroyed_at", "is", null),
    );
  await writtenBy(projects, tx);
}

/** Gives the real environments of demo users to another user. */
export async function handOverReal(tx: Tx, ownerId: string): Promise<void> {
  const environments = statements
    .updateTable("environment")
    .set({ owner_id: ownerId, updated_at: now })
    .where("is_demo", "=", false)
    .where("owner_id", "in", demoUsers);
  await writtenBy(environments, tx);
}

/** The environments to delete: demo ones, and every one in a demo project. */
const doomed = statements
  .selectFrom("environment as e")
  .innerJoin("project as p", "p.id", "e.project_id")
  .select("e.id")
  .where((eb) => eb.or([eb("e.is_demo", "=", true), eb("p.is_demo", "=", true)]));

/** Tables whose rows name the environment they belong to. */
type OfEnvironment =
  | "charge"
  | "usage_record"
  | "daily_cost"
  | "backup"
  | "reservation"
  | "run"
  | "plan"
  | "request";

const ofDoomed = (table: OfEnvironment) =>
  statements.deleteFrom<OfEnvironment>(table).where("environment_id", "in", doomed);

const doomedResources = statements.selectFrom("resource").select("id").where("environment_id", "in", doomed);
const doomedRuns = statements.selectFrom("run").select("id").where("environment_id", "in", doomed);
const doomedRequests = statements.selectFrom("request").select("id").where("environment_id", "in", doomed);

/** A run before its plan, a plan before its request. Resources, secrets, incidents, steps and parts of backups cascade. */
const environmentDeletions: readonly Compilable[] = [
  statements.deleteFrom("sample").where("resource_id", "in", doomedResources),
  statements.deleteFrom("step_log").where("run_id", "in", doomedRuns),
  ofDoomed("charge"),
  ofDoomed("usage_record"),
  ofDoomed("daily_cost"),
  ofDoomed("backup"),
  ofDoomed("reservation"),
  statements.deleteFrom("approval").where("request_id", "in", doomedRequests),
  ofDoomed("run"),
  ofDoomed("plan"),
  ofDoomed("request"),
  statements
    .deleteFrom("notification")
    .where("href", "~", "^/(environments|requests|approvals|runs)/")
    .where("user_id", "in", demoUsers),
];

/** Deletes demo environments and those in demo projects with all that belongs to them; answers how many. */
export async function deleteEnvironments(tx: Tx): Promise<number> {
  // No request for one of them comes in between: its key waits for this lock.
  await rowsOf(
    statements.selectFrom("environment").select("id").where("id", "in", doomed).orderBy("id").forUpdate(),
    tx,
  );
  for (const deletion of environmentDeletions) await writtenBy(deletion, tx);
  return await writtenBy(statements.deleteFrom("environment").where("id", "in", doomed), tx);
}

const projectDeletions: readonly Compilable[] = [
  statements
    .deleteFrom("statement")
    .where("cost_center_id", "in", (eb) =>
      eb.selectFrom("cost_center").select("id").where("code", "like", "DEMO-%"),
    )
    .where("cost_center_id", "not in", (eb) =>
      eb.selectFrom("project").select("cost_center_id").where("is_demo", "=", false),
    ),
  statements.deleteFrom("project").where("is_demo", "=", true),
  statements
    .deleteFrom("cost_center")
    .where("code", "like", "DEMO-%")
    .where("id", "not in", (eb) => eb.selectFrom("project").select("cost_center_id")),
];

/** Deletes demo projects, and their cost centers and statements where no other project uses them. */
export async function deleteProjects(tx: Tx): Promise<void> {
  for (const deletion of projectDeletions) await writtenBy(deletion, tx);
}

/** Deletes demo clouds and answers their ids. One that runs a part of an environment that stays is left. */
export async function deleteClouds(tx: Tx): Promise<string[]> {
  const clouds = statements
    .deleteFrom("cloud")
    .where("is_demo", "=", true)
    .where("id", "not in", (eb) => eb.selectFrom("resource").select("cloud_id"))
    .returning("id");
  return (await rowsOf(clouds, tx)).map((row) => row.id);
}

const demoLinks = statements.deleteFrom("demo_link");
const belongingsOfUsers: readonly Compilable[] = [
  // What an environment that stays was made of stays with it, without its uploader.
  statements
    .deleteFrom("upload as u")
    .where("u.owner_id", "in", demoUsers)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb.selectFrom("upload_use as x").select("x.upload_id").whereRef("x.upload_id", "=", "u.id"),
        ),
      ),
    ),
];

/**
 * Deletes demo users with what is theirs alone; what others need no longer names them. Answers how many.
 * @param keepLinks browsers that opened a demo link may sign in as the demo users that follow
 */
export async function deleteUsers(tx: Tx, keepLinks: boolean): Promise<number> {
  if (!keepLinks) await writtenBy(demoLinks, tx);
  for (const statement of belongingsOfUsers) await writtenBy(statement, tx);
  return await writtenBy(statements.deleteFrom("app_user").where("is_demo", "=", true), tx);
}
