import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";

/** What takes longer is stopped. */
export const terraformLimitSeconds = 120;

/** "Terraform 1.11.4", or null where it is not on the PATH. */
export function findTerraform(): string | null {
  try {
    const output = execFileSync("terraform", ["version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return output.split("\n")[0]?.replace("Terraform v", "Terraform ") ?? null;
  } catch {
    return null;
  }
}

/** The same graph for Terraform: a `terraform_data` of its built-in provider per component. */
function configuration(components: Record<string, unknown>): string {
  const resources = Object.entries(components).map(([name, component]) => {
    const needs = (component as { requires?: string[] }).requires ?? [];
    return [name, needs.length > 0 ? { depends_on: needs.map((one) => `terraform_data.${one}`) } : {}];
  });
  return JSON.stringify({ resource: { terraform_data: Object.fromEntries(resources) } });
}

/**
 * Seconds of `terraform apply` of the graph, and of a `terraform plan` after it that finds nothing to do. A part that
 * takes longer than the limit is null.
 */
export async function timeTerraform(
  components: Record<string, unknown>,
): Promise<{ apply: number | null; noOpPlan: number | null }> {
  const folder = mkdtempSync(join(tmpdir(), "rostrum-terraform-"));
  try {
    writeFileSync(join(folder, "main.tf.json"), configuration(components));
    await terraform(folder, ["init"]);
    const apply = await terraform(folder, ["apply", "-auto-approve"]);
    return { apply, noOpPlan: apply === null ? null : await terraform(folder, ["plan"]) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns seconds, null when it was stopped at the limit @throws when Terraform fails */
async function terraform(folder: string, args: string[]): Promise<number | null> {
  const startedMs = performance.now();
  try {
    await promisify(execFile)("terraform", [...args, "-no-color", "-input=false"], {
      cwd: folder,
      env: { ...process.env, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" },
      timeout: terraformLimitSeconds * 1000,
      maxBuffer: 64 * 2 ** 20,
    });
    return (performance.now() - startedMs) / 1000;
  } catch (error) {
    if ((error as { killed?: boolean }).killed) return null;
    throw error;
  }
}
