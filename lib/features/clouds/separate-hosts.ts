import { driverFor, isDriverKind } from "@/lib/clouds/registry";
import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";
import { forgetConnection } from "./connections";
import { localCloudNames } from "./local";
import { hasLocalAddress, hostWarning, otherLocalHost } from "./portal-host";
import { listSettings, updateCloudSettings } from "./store-settings";

/**
 * Looks at every start whether links to environments have the portal's own host, which `PUBLIC_URL` may have changed
 * to. A cloud that Rostrum registered by itself gets this machine's other name; any other is reported in the log and
 * on the clouds page. Answers the names of both.
 */
export async function separateCloudHosts(): Promise<{ corrected: string[]; conflicting: string[] }> {
  const corrected: string[] = [];
  const conflicting: string[] = [];
  for (const row of await listSettings()) {
    if (!isDriverKind(row.driver)) continue;
    const driver = await driverFor(row.driver);
    const warning = hostWarning(driver, row.config);
    if (warning === null || !driver.addressField) continue;
    const isOurs = Object.values<string>(localCloudNames).includes(row.name);
    if (isOurs && hasLocalAddress(driver, row.config)) {
      await correct(row, { ...row.config, [driver.addressField]: otherLocalHost() });
      corrected.push(row.name);
    } else {
      moduleLog("clouds").warn({ cloud: row.name }, `the cloud ${row.name}: ${warning}`);
      conflicting.push(row.name);
    }
  }
  return { corrected, conflicting };
}

async function correct(
  { id, name }: { id: string; name: string },
  config: Record<string, unknown>,
): Promise<void> {
  await inTransaction(async (tx) => {
    await updateCloudSettings(tx, id, { config });
    await publishEvent(tx, "admin", "cloud.update", { id });
    await recordAudit(tx, {
      actor: systemActor("another host than the portal"),
      action: "cloud.update",
      objectType: "cloud",
      objectId: id,
      detail: { name, config },
    });
  });
  forgetConnection(id);
}
