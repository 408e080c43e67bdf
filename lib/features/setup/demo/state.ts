import { z } from "zod";
import { getSetting } from "@/lib/features/settings";
import { query } from "@/lib/platform/db";

/** Where Rostrum remembers that demo data was written, or removed. */
export const demoSettingKey = "setup.demo";

export const demoStateSchema = z.object({
  seededAt: z.iso.datetime().optional(),
  removedAt: z.iso.datetime().optional(),
});
export type DemoState = z.output<typeof demoStateSchema>;

/** What became of the demo data; empty when there never was any. */
export async function getDemoState(): Promise<DemoState> {
  return await getSetting(demoSettingKey, demoStateSchema, {});
}

/** Whether there is demo data now. */
export async function hasDemoData(): Promise<boolean> {
  const [row] = await query<{ found: boolean }>(
    "SELECT EXISTS (SELECT 1 FROM app_user WHERE is_demo) OR EXISTS (SELECT 1 FROM project WHERE is_demo) AS found",
  );
  return row?.found ?? false;
}
