import type { Decimal } from "decimal.js";
import { simulatedSample } from "@/lib/clouds/simulated/observation";
import type { SimulatedThing } from "@/lib/clouds/simulated/store";
import { hourlyQuantities, type PriceSheet } from "@/lib/features/chargeback";
import type { Tx } from "@/lib/platform/db";
import { costMonths, monthStartMs } from "./closed-months";
import type { DemoSubject } from "./environment";
import {
  type HourRow,
  insertHours,
  insertRows,
  insertSamples,
  type Row,
  type SampleColumns,
} from "./insert-rows.sql";
import type { Organization } from "./organization";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const sampleDays = 7;
const sampleEveryMs = 15 * minuteMs;
/** Whole days whose raw hours are written; older ones are only summed up. */
const rawDays = 2;

/** What the demo cloud holds, as its driver remembers it: live samples then continue the ones written here. */
export function thingsOf(subject: DemoSubject): { resourceId: string; thing: SimulatedThing }[] {
  const { scenario, id, times } = subject;
  return subject.existing.map(({ resourceId, component }, index) => {
    const { view, digest } = component.resolved;
    const thing: SimulatedThing = {
      ref: { environmentId: id, environmentName: scenario.name, component: component.name },
      externalId: component.observation.externalId,
      key: "",
      digest: digest ?? "",
      status: scenario.state === "stopped" || scenario.state === "grace" ? "stopped" : "running",
      replicas: view.replicas,
      port: 20_000 + index,
      cpu: view.size.cpu,
      memoryBytes: Math.round(view.size.memoryBytes),
      readyAtMs: times.readyAt ?? 0,
      createdAtMs: times.decidedAt ?? times.askedAt,
    };
    return { resourceId, thing };
  });
}

/** A week of samples, four an hour, quieter at weekends. Answers how many. */
export async function writeSamples(tx: Tx, subjects: readonly DemoSubject[], now: number): Promise<number> {
  const columns: SampleColumns = [[], [], [], [], [], [], []];
  for (const subject of subjects) {
    const { readyAt, endedAt } = subject.times;
    if (readyAt === null) continue;
    const first = Math.ceil(Math.max(readyAt, now - sampleDays * dayMs) / sampleEveryMs) * sampleEveryMs;
    for (const { resourceId, thing } of thingsOf(subject)) {
      for (let at = first; at < Math.min(now, endedAt ?? now); at += sampleEveryMs) {
        const sample = simulatedSample({ ...thing, status: "running" }, new Date(at));
        const quiet = [0, 6].includes(sample.at.getUTCDay()) ? 0.55 : 1;
        columns[0].push(resourceId);
        columns[1].push(sample.at);
        columns[2].push((sample.cpuCores ?? 0) * quiet);
        columns[3].push(sample.memoryBytes ?? 0);
        columns[4].push(sample.storageBytes ?? 0);
        columns[5].push(sample.networkReceivedBytes ?? 0);
        columns[6].push(sample.networkSentBytes ?? 0);
      }
    }
  }
  await insertSamples(tx, columns);
  return columns[0].length;
}

interface Held {
  subject: DemoSubject;
  resourceId: string;
  component: string;
  meter: string;
  unit: string;
  /** Per hour. */
  quantity: Decimal;
  price: { id: string; unitPrice: Decimal };
}

/** Every meter each demo component holds, with its price; empty without a price book. */
function heldMeters(subjects: readonly DemoSubject[], sheet: PriceSheet | null): Held[] {
  return subjects.flatMap((subject) =>
    subject.times.readyAt === null
      ? []
      : subject.blueprint.components.flatMap((component) => {
          const { view } = component.resolved;
          const resourceId =
            subject.existing.find((one) => one.component === component)?.resourceId ??
            `${subject.id}-${component.name}`;
          return hourlyQuantities({ ...view.size, replicas: view.replicas }).flatMap(
            ({ meter, unit, quantity }) => {
              const price = sheet?.prices.get(meter);
              return price
                ? [{ subject, resourceId, component: component.name, meter, unit, quantity, price }]
                : [];
            },
          );
        }),
  );
}

/** Costs of three whole months and this one, and the raw hours of the last whole days, at the prices in force now. */
export async function writeCosts(
  tx: Tx,
  organization: Organization,
  subjects: readonly DemoSubject[],
  sheet: PriceSheet | null,
  now: number,
): Promise<void> {
  if (!sheet) return;
  const held = heldMeters(subjects, sheet);
  const today = Math.floor(now / dayMs) * dayMs;
  const rawFrom = today - rawDays * dayMs;
  const days: Row[] = [];
  const hours: HourRow[] = [];
  for (const one of held) {
    const from = one.subject.times.readyAt ?? now;
    const until = one.subject.times.endedAt ?? now;
    for (
      let day = Math.max(monthStartMs(new Date(now), costMonths), Math.floor(from / dayMs) * dayMs);
      day <= today;
      day += dayMs
    ) {
      const count = wholeHours(Math.max(from, day), Math.min(until, day + dayMs, now));
      const quantity = one.quantity.times(count).times(day < rawFrom ? weekendFactor(one, day) : 1);
      if (quantity.gt(0)) days.push(dailyRow(organization, one, day, quantity, sheet.currency));
    }
    const firstHour = Math.max(rawFrom, Math.ceil(from / hourMs) * hourMs);
    for (let hour = firstHour; hour + hourMs <= Math.min(until, now); hour += hourMs) {
      hours.push(hourlyRow(organization, one, hour));
    }
  }
  await insertRows(tx, "daily_cost", days);
  await insertHours(tx, hours, sheet.currency);
}

/** Hours that began and ended between two moments, as the hourly metering counts them. */
function wholeHours(fromMs: number, untilMs: number): number {
  return Math.max(0, Math.floor(untilMs / hourMs) - Math.ceil(fromMs / hourMs));
}

/** A third of the environments used to sleep through weekends. */
function weekendFactor({ subject }: Held, dayAt: number): number {
  const weekend = [0, 6].includes(new Date(dayAt).getUTCDay());
  return weekend && subject.scenario.name.length % 3 === 0 ? 0.2 : 1;
}

function ownersOf(organization: Organization, { subject }: Held) {
  const { scenario } = subject;
  const project = organization.projects[scenario.project];
  return {
    environment_id: subject.id,
    project_id: project.id,
    cost_center_id: project.costCenterId,
    owner_id: organization.people[scenario.owner].id,
    cloud_id: organization.cloud.id,
  };
}

function dailyRow(organization: Organization, one: Held, day: number, quantity: Decimal, currency: string) {
  return {
    day: new Date(day).toISOString().slice(0, 10),
    component: one.component,
    meter: one.meter,
    currency,
    quantity: quantity.toFixed(10),
    amount: quantity.times(one.price.unitPrice).toFixed(10),
    template_id: one.subject.blueprint.version.templateId,
    ...ownersOf(organization, one),
  };
}

function hourlyRow(organization: Organization, one: Held, hour: number): HourRow {
  return {
    hour: new Date(hour).toISOString(),
    resource_id: one.resourceId,
    component: one.component,
    meter: one.meter,
    unit: one.unit,
    quantity: one.quantity.toFixed(10),
    price_id: one.price.id,
    amount: one.quantity.times(one.price.unitPrice).toFixed(10),
    template_version_id: one.subject.blueprint.version.id,
    ...ownersOf(organization, one),
  };
}
