import semver from "semver";
import type { Manifest } from "@/lib/engine/template/types";
import { canonicalJson } from "@/lib/kernel/canonical";
import { type Actor, can } from "@/lib/platform/auth";
import { type LoadedVersion, loadVersions } from "./load-version";
import { isReleased } from "./rules";
import type { VersionSummary } from "./schema";

/** Versions that are compared at most, the newest ones. */
const mostCompared = 20;

type Compared = Pick<LoadedVersion, "manifest" | "filesDigest">;

/** What people who use a template notice of a new version, each a few words; empty where only its text changed. */
export function changesBetween(before: Compared, after: Compared): string[] {
  const [old, now] = [before.manifest.spec, after.manifest.spec];
  return [
    ...compareNamed("parameter", parametersOf(before.manifest), parametersOf(after.manifest)),
    ...compareNamed("component", titled(old.components), titled(now.components)),
    ...compareNamed("preset", byName(old.presets), byName(now.presets)),
    ...compareNamed("output", titled(old.outputs), titled(now.outputs)),
    ...compareNamed("action", byName(old.actions), byName(now.actions)),
    ...(isSame(old.lifecycle, now.lifecycle) ? [] : ["Changed the lease"]),
    ...(before.filesDigest("") === after.filesDigest("") ? [] : ["Changed files"]),
  ];
}

type Named = ReadonlyMap<string, { title: string; value: unknown }>;

function compareNamed(noun: string, before: Named, after: Named): string[] {
  const sentences = [...after].flatMap(([name, { title, value }]) => {
    const old = before.get(name);
    if (!old) return [`Added ${noun} ${title}`];
    return isSame(old.value, value) ? [] : [`Changed ${noun} ${title}`];
  });
  const gone = [...before].filter(([name]) => !after.has(name));
  return [...sentences, ...gone.map(([, { title }]) => `Removed ${noun} ${title}`)];
}

const isSame = (left: unknown, right: unknown) => canonicalJson(left) === canonicalJson(right);

function titled(things: Readonly<Record<string, { title?: string | undefined }>>): Named {
  return new Map(
    Object.entries(things).map(([name, value]) => [name, { title: value.title ?? name, value }]),
  );
}

function byName(things: readonly { name: string; title?: string | undefined }[]): Named {
  return new Map(things.map((value) => [value.name, { title: value.title ?? value.name, value }]));
}

function parametersOf(manifest: Manifest): Named {
  return titled(Object.assign({}, ...manifest.spec.parameters.map((page) => page.properties)));
}

/**
 * What changed in each version since the one below it, by version. Of versions that aren't released only for those who review
 * them; the first version and older ones than the newest twenty are left out.
 */
export async function listVersionChanges(
  actor: Actor,
  versions: readonly VersionSummary[],
): Promise<Record<string, string[]>> {
  const seen = versions
    .filter(({ status }) => isReleased(status) || can(actor, "template.review"))
    .sort((left, right) => semver.rcompare(left.version, right.version))
    .slice(0, mostCompared);
  const loaded = await loadVersions(seen.map(({ id }) => id));
  const pairs = seen.flatMap(({ id, version }, index) => {
    const [after, before] = [loaded.get(id), loaded.get(seen[index + 1]?.id ?? "")];
    return before && after ? [[version, changesBetween(before, after)] as const] : [];
  });
  return Object.fromEntries(pairs);
}
