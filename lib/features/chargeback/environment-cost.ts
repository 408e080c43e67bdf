import { Decimal } from "decimal.js";
import { getEnvironmentRow } from "@/lib/features/environments";
import { listHeldNow } from "@/lib/features/metering";
import { notFound } from "@/lib/kernel/errors";
import { hoursPerMonth } from "@/lib/kernel/money";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { costSoFar } from "./cost-so-far";
import { estimateMonthly } from "./estimate";
import { forecastCost } from "./forecast";
import { loadPriceSheets } from "./price-sheets";
import type { EnvironmentCost } from "./schema";

/**
 * What an environment has cost until this moment, what it costs a month as it is held now, and what it will have cost
 * when the month and the lease end.
 * @throws AppError not_found
 */
export async function environmentCost(
  actor: Actor,
  environmentId: string,
  now = new Date(),
): Promise<EnvironmentCost> {
  const environment = await getEnvironmentRow(environmentId);
  requirePermission(actor, "cost.read", {
    projectId: environment.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
  const [soFar, rate] = await Promise.all([
    costSoFar(environmentId, now.getTime()),
    monthlyRate(environmentId, environment.currency, now),
  ]);
  if (!soFar) throw notFound("The environment");
  const forecast = forecastCost({
    total: soFar.total,
    thisMonth: soFar.thisMonth,
    hourlyRate: rate.monthly === null ? null : new Decimal(rate.monthly).div(hoursPerMonth),
    nowMs: now.getTime(),
    leaseEndsAtMs: environment.leaseEndsAt?.getTime() ?? null,
  });
  return {
    currency: soFar.currency,
    total: soFar.total,
    thisMonth: soFar.thisMonth,
    forecastMonth: forecast.monthEnd?.toFixed(2) ?? null,
    forecastLeaseEnd: forecast.leaseEnd?.toFixed(2) ?? null,
    monthly: rate.monthly,
    lines: soFar.lines,
    unpriced: [...new Set([...soFar.unpriced, ...rate.unpriced])],
    chargedUntil: soFar.chargedUntil,
  };
}

/** Cost of a month of what is held at this moment; a stopped component holds its storage only. */
async function monthlyRate(environmentId: string, currency: string, now: Date) {
  const [items, sheetOf] = await Promise.all([listHeldNow(environmentId), loadPriceSheets(now)]);
  return estimateMonthly(items, sheetOf, currency);
}
