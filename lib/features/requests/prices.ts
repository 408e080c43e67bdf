import { Decimal } from "decimal.js";
import { placeComponents } from "@/lib/clouds/placement";
import { resolveParameters } from "@/lib/engine/parameters";
import { commonScope, isWanted } from "@/lib/engine/plan";
import type { LoadedVersion } from "@/lib/features/catalog";
import { estimateMonthly, loadPriceSheets, type PriceSheet } from "@/lib/features/chargeback";
import { type PlacementCandidate, placementCandidates } from "@/lib/features/clouds";
import { demandOf } from "./planning/demands";
import { inputsOf } from "./planning/resolve";
import type { PresetPrice } from "./schema";

/** Clouds and prices as they are now; catalog cards may be this old. */
interface Market {
  clouds: PlacementCandidate[];
  sheetOf: (cloudId: string) => PriceSheet | null;
  currency: string;
}

const maxAgeMs = 60_000;
let market: { atMs: number; value: Promise<Market> } | undefined;
const prices = new Map<string, { market: Promise<Market>; value: Promise<PresetPrice[]> }>();

/** Monthly price of every preset of a version, in its order; of the defaults (preset "") where it has none. */
export async function presetPrices(version: LoadedVersion): Promise<PresetPrice[]> {
  const now = currentMarket();
  const known = prices.get(version.digest);
  if (known?.market === now) return await known.value;
  const entry = { market: now, value: now.then((value) => priceAll(version, value)) };
  prices.set(version.digest, entry);
  try {
    return await entry.value;
  } catch (error) {
    prices.delete(version.digest);
    throw error;
  }
}

/** The cheapest and the dearest preset of a version; null when no price is known. */
export async function catalogPrice(
  version: LoadedVersion,
): Promise<{ from: string; to: string; currency: string } | null> {
  const all = await presetPrices(version);
  const known = all
    .flatMap((one) => (one.monthly === null ? [] : [new Decimal(one.monthly)]))
    .sort((left, right) => left.comparedTo(right));
  const [cheapest, dearest] = [known[0], known.at(-1)];
  if (!cheapest || !dearest || !all[0]) return null;
  return { from: cheapest.toFixed(2), to: dearest.toFixed(2), currency: all[0].currency };
}

function currentMarket(): Promise<Market> {
  if (market && Date.now() - market.atMs < maxAgeMs) return market.value;
  const entry = { atMs: Date.now(), value: readMarket() };
  market = entry;
  entry.value.catch(() => {
    // The caller hears of it; the next one asks again instead of being told the old failure.
    if (market === entry) market = undefined;
  });
  return entry.value;
}

async function readMarket(): Promise<Market> {
  const [candidates, sheetOf] = await Promise.all([placementCandidates(), loadPriceSheets(new Date())]);
  // A price does not depend on whether there is room this minute.
  const clouds = candidates.map((cloud) => ({ ...cloud, free: null, healthOk: true }));
  const currency = clouds.map((cloud) => sheetOf(cloud.id)?.currency).find(Boolean) ?? "EUR";
  return { clouds, sheetOf, currency };
}

function priceAll(version: LoadedVersion, now: Market): PresetPrice[] {
  const { presets } = version.manifest.spec;
  const asked = presets.length > 0 ? presets : [{ name: "", parameters: {} }];
  return asked.map((preset) => ({ preset: preset.name, ...priceOf(version, preset.parameters, now) }));
}

function priceOf(
  version: LoadedVersion,
  given: Record<string, unknown>,
  now: Market,
): { monthly: string | null; currency: string } {
  const unknown = { monthly: null, currency: now.currency };
  const resolved = resolveParameters(version.manifest, given);
  // A preset that leaves a needed value open (an address of code) has no price yet.
  if (!resolved.ok) return unknown;
  const inputs = inputsOf(version, resolved.value, { id: "env_price", name: "price", project: "price" });
  const common = commonScope(inputs);
  const demands = Object.entries(version.manifest.spec.components)
    .filter(([, component]) => isWanted(component, common))
    .map(([name, component]) => demandOf(name, component, common, new Map()));
  const placed = placeComponents(demands, now.clouds);
  if (!placed.ok) return unknown;
  const items = demands.map((demand, index) => ({
    component: demand.component,
    cloudId: placed.placed[index]?.cloudId ?? "",
    replicas: demand.replicas,
    ...demand.size,
  }));
  const currency = now.sheetOf(items[0]?.cloudId ?? "")?.currency ?? now.currency;
  return { monthly: estimateMonthly(items, now.sheetOf, currency).monthly, currency };
}
