import { Decimal } from "decimal.js";
import { diskStore } from "@/lib/clouds/simulated/store";
import { type LoadedVersion, loadVersionByName } from "@/lib/features/catalog";
import { loadPriceSheets, type PriceSheet } from "@/lib/features/chargeback";
import { cloudDataDir, findUnpricedCloud } from "@/lib/features/clouds";
import { decisiveEffect } from "@/lib/features/policies";
import { putSetting } from "@/lib/features/settings";
import { demoSettingKey } from "@/lib/features/setup";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { inTransaction } from "@/lib/platform/db";
import { writeAudit } from "./audit-trail";
import { drawBlueprint } from "./blueprint";
import { closeMonths } from "./closed-months";
import type { HistoryContext } from "./context";
import { addEnvironment, type DemoSubject, existingOf, timesOf } from "./environment";
import { thingsOf, writeCosts, writeSamples } from "./figures";
import { addHealing } from "./healing";
import { addCreation, addLaterChanges, verdictsOf } from "./history";
import { addNotifications, addOperations } from "./operations";
import { addOrganization, nameOrganization, type Organization, type ProjectLimits } from "./organization";
import { demoProjects, type ProjectKey } from "./people";
import { limitBetween, planCost, roundUp } from "./pricing";
import { type DemoEnvironment, demoEnvironments } from "./scenarios";
import { DemoTables } from "./tables";
import { addWarehouse, nameWarehouse } from "./warehouse";
import { warehouseName } from "./warehouse-manifest";

/** The story a newcomer is told: the small preset starts at once, the team's size waits for the approver. */
const story = { template: "web-with-postgres", cheap: "Trial", dear: "Team" };

export interface DemoSeed {
  environments: number;
  samples: number;
}

/**
 * Writes the demo organization in one transaction: people, projects, a simulated cloud, environments in every
 * condition with their history, a week of samples and three months of costs, two of which it closes. Everything is marked as demo data.
 * @throws Error when the built-in catalog is not there
 */
export async function seedDemo(now = new Date()): Promise<DemoSeed> {
  const organization = nameOrganization();
  const warehouse = nameWarehouse(await findKeptWarehouse());
  const versions = await loadVersions(warehouse.version);
  const sheet = await defaultSheet(now);
  const drafts = demoEnvironments.map((scenario) => draft(scenario, versions, organization, sheet));
  const limits = limitsOf(drafts, versions, organization, sheet);
  const subjects = drafts.map((one) => withTimes(one, limits[one.scenario.project], now.getTime()));
  const context = { tables: new DemoTables(), organization, limits, now: now.getTime() };
  addWarehouse(context.tables, organization, warehouse, context.now);
  const tables = fill(context, subjects);
  const samples = await inTransaction(async (tx) => {
    await tables.write(tx);
    await writeCosts(tx, organization, subjects, sheet, now.getTime());
    await writeAudit(tx, tables);
    await putSetting(tx, demoSettingKey, { seededAt: now.toISOString() });
    return await writeSamples(tx, subjects, now.getTime());
  });
  await furnishCloud(organization, subjects);
  if (sheet) await closeMonths(organization, now);
  return { environments: subjects.length, samples };
}

async function loadVersions(own: LoadedVersion): Promise<Map<string, LoadedVersion>> {
  const names = new Set([story.template, ...demoEnvironments.map((one) => one.template)]);
  names.delete(own.name);
  const loaded = await Promise.all([...names].map((name) => loadVersionByName(name)));
  return new Map([own, ...loaded].map((version) => [version.name, version]));
}

/** What an earlier demo left of its own template. */
async function findKeptWarehouse(): Promise<LoadedVersion | null> {
  try {
    return await loadVersionByName(warehouseName);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  }
}

/** Prices of the default book, read through any cloud that has no book of its own. */
async function defaultSheet(at: Date): Promise<PriceSheet | null> {
  const cloudId = await findUnpricedCloud();
  return cloudId === null ? null : (await loadPriceSheets(at))(cloudId);
}

type Draft = Omit<DemoSubject, "times" | "existing">;

function draft(
  scenario: DemoEnvironment,
  versions: ReadonlyMap<string, LoadedVersion>,
  organization: Organization,
  sheet: PriceSheet | null,
): Draft {
  const version = versions.get(scenario.template);
  if (!version) throw new Error(`The catalog has no ${scenario.template}.`);
  const id = newId("environment");
  const environment = { id, name: scenario.name, project: scenario.project };
  const blueprint = drawBlueprint({
    version,
    preset: scenario.preset,
    environment,
    cloud: organization.cloud,
  });
  const runId = newId("run");
  return { scenario, id, runId, blueprint, cost: planCost(blueprint, organization.cloud.id, sheet) };
}

/** Limits that fit what the projects hold: room to try things, and an approver who is sometimes asked. */
function limitsOf(
  drafts: readonly Draft[],
  versions: ReadonlyMap<string, LoadedVersion>,
  organization: Organization,
  sheet: PriceSheet | null,
): Record<ProjectKey, ProjectLimits> {
  const version = versions.get(story.template);
  const priceOf = (preset: string): string | null => {
    if (!version) return null;
    const environment = { id: "", name: "story", project: "storefront" };
    const blueprint = drawBlueprint({ version, preset, environment, cloud: organization.cloud });
    return planCost(blueprint, organization.cloud.id, sheet).monthly;
  };
  const [cheap, dear] = [priceOf(story.cheap), priceOf(story.dear)];
  const approvalLimit = cheap !== null && dear !== null ? limitBetween(cheap, dear) : null;
  const entries = demoProjects.map((project): [ProjectKey, ProjectLimits] => {
    const living = drafts.filter(
      ({ scenario }) =>
        scenario.project === project.slug && scenario.state !== "destroyed" && scenario.state !== "rejected",
    );
    const views = living.flatMap(({ blueprint }) => blueprint.components.map((one) => one.resolved.view));
    const sum = (pick: (view: (typeof views)[number]) => number) =>
      views.reduce((total, view) => total + pick(view), 0);
    const monthly = living.reduce((total, { cost }) => total.plus(cost.monthly ?? 0), new Decimal(0));
    const gib = 2 ** 30;
    return [
      project.slug,
      {
        currency: sheet?.currency ?? "EUR",
        approvalLimit,
        budgetMonthly: sheet ? roundUp(monthly.times(project.budgetFactor), 50) : null,
        quotaCpu: Math.ceil((sum((view) => view.size.cpu * view.replicas) * 1.4 + 8) / 4) * 4,
        quotaMemoryBytes:
          Math.ceil((sum((view) => view.size.memoryBytes * view.replicas) / gib) * 1.4 + 8) * gib,
        quotaStorageBytes: Math.ceil((sum((view) => view.size.storageBytes) / gib) * 1.4 + 50) * gib,
        quotaEnvironments: living.length + 8,
      },
    ];
  });
  return Object.fromEntries(entries) as Record<ProjectKey, ProjectLimits>;
}

function withTimes(one: Draft, limits: ProjectLimits, now: number): DemoSubject {
  const existing = existingOf(one.scenario, one.blueprint);
  const waits = decisiveEffect(verdictsOf(one, limits)) === "require_approval";
  const needsApproval = waits || one.scenario.state === "rejected";
  return { ...one, existing, times: timesOf(one.scenario, one.blueprint, now, needsApproval) };
}

function fill(context: HistoryContext, subjects: readonly DemoSubject[]): DemoTables {
  const { tables, organization, limits, now } = context;
  addOrganization(tables, organization, limits, new Date(now));
  const created = subjects.map((subject, index) => {
    addEnvironment(tables, organization, subject, now);
    const requestId = addCreation(context, subject);
    addLaterChanges(context, subject);
    addHealing(context, subject);
    addOperations(context, subject, index);
    return { subject, requestId };
  });
  addNotifications(context, created);
  return tables;
}

/** After the commit: a cloud that knows more than the database is harmless, the reverse is not. */
async function furnishCloud(organization: Organization, subjects: readonly DemoSubject[]): Promise<void> {
  const store = diskStore(cloudDataDir(organization.cloud.id));
  for (const { thing } of subjects.flatMap(thingsOf)) await store.put(thing, false);
}
