import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { ChangeVerdict } from "@/lib/clouds/contract";
import {
  buildPlan,
  commonScope,
  type ExistingComponent,
  type PlanInput,
  resolveComponent,
} from "@/lib/engine/plan";
import { parseManifest } from "@/lib/engine/template";

const file = fileURLToPath(new URL("./manifests/web-with-postgres.yaml", import.meta.url));

function inputs(): PlanInput {
  const parsed = parseManifest(readFileSync(file, "utf8"));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { manifest } = parsed;
  const { db } = manifest.spec.components;
  if (!db) throw new Error("the manifest has a database");
  return {
    manifest: { ...manifest, spec: { ...manifest.spec, components: { db } } },
    parameters: { database_memory: "1Gi" },
    secretParameters: new Set<string>(),
    secrets: { db: { password: "p" } },
    environment: { id: "env_1", name: "test", project: "shop" },
    placement: { db: { cloudId: "c", cloudName: "docker", kind: "container" } },
    filesDigest: () => "",
    existing: new Map(),
    decide: () => ({ action: "update", disruptive: false, reason: "limits" }),
  };
}

function planOf(outdated: string | null, changed: boolean, verdict?: ChangeVerdict) {
  const input = inputs();
  const resolved = resolveComponent(input, "db", commonScope(input), {});
  const endpoint = { host: "db", ports: {}, url: null, outputs: {} };
  const existing: ExistingComponent = {
    component: "db",
    cloudId: "c",
    cloudName: "docker",
    kind: "container",
    desired: resolved.desired,
    desiredDigest: changed ? "other" : (resolved.digest ?? ""),
    view: resolved.view,
    published: { internal: endpoint, external: endpoint },
    outdated,
  };
  const decide = verdict ? { decide: () => verdict } : {};
  const [change] = buildPlan({ ...input, ...decide, existing: new Map([["db", existing]]) });
  return { action: change?.action, disruptive: change?.disruptive, reason: change?.reason };
}

describe("a component that its cloud calls outdated", () => {
  it("is recreated by the next plan, which says so, and only then", () => {
    expect(planOf(null, false)).toMatchObject({ action: "no-op", disruptive: false });
    expect(planOf("older", false)).toEqual({ action: "update", disruptive: true, reason: "older" });
    expect(planOf(null, true)).toMatchObject({ action: "update", disruptive: false });
    expect(planOf("older", true)).toEqual({ action: "update", disruptive: true, reason: "older" });
  });

  it("is still replaced where its data goes away, for that reason", () => {
    const replaced = { action: "replace", disruptive: true, reason: "its volume goes away" } as const;
    expect(planOf("older", true, replaced)).toEqual(replaced);
  });
});
