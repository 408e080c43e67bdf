import { carriedParameters } from "@/lib/engine/parameters";
import type { Preset } from "@/lib/engine/template/types";
import { getTemplate, getVersion, loadVersionByName } from "@/lib/features/catalog";
import type { VersionDetail } from "@/lib/features/catalog/schema";
import type { Actor } from "@/lib/platform/auth";
import { daysOf } from "./planning/resolve";
import { presetPrices } from "./prices";
import type { LeaseRule } from "./schema";

/** What the request form needs to know of a template version. */
export interface RequestFormFacts {
  detail: VersionDetail;
  presets: (Preset & { monthly: string | null; currency: string })[];
  lease: LeaseRule;
  /** Versions that may be asked for, newest first. */
  versions: string[];
  typicalSeconds: number | null;
  running: number;
}

/**
 * Form, presets with prices and lease rule of a version; of the newest published one when none is named.
 * @throws AppError not_found
 */
export async function getRequestForm(
  actor: Actor,
  templateName: string,
  version?: string,
): Promise<RequestFormFacts> {
  const template = await getTemplate(actor, templateName);
  const loaded = await loadVersionByName(templateName, version ?? template.version ?? undefined);
  const [detail, prices] = await Promise.all([
    getVersion(actor, templateName, loaded.version),
    presetPrices(loaded),
  ]);
  const { presets, lifecycle } = loaded.manifest.spec;
  return {
    detail,
    presets: presets.map((preset) => {
      const price = prices.find((one) => one.preset === preset.name);
      return { ...preset, monthly: price?.monthly ?? null, currency: price?.currency ?? "EUR" };
    }),
    lease: { defaultDays: daysOf(lifecycle.lease.default), maxDays: daysOf(lifecycle.lease.max) },
    versions: template.versions.filter((one) => one.status === "published").map((one) => one.version),
    typicalSeconds: template.typicalSeconds,
    running: template.running,
  };
}

/** What a change to a version begins with: the environment's values as that version would take them along. */
export async function presentParameters(
  templateName: string,
  versions: { from: string; to: string },
  values: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const [from, to] = await Promise.all([
    loadVersionByName(templateName, versions.from),
    loadVersionByName(templateName, versions.to),
  ]);
  return carriedParameters(from.manifest, to.manifest, values);
}
