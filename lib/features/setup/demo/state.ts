import { z } from "zod";
import { getSetting } from "@/lib/features/settings";
import { hasDemoRows } from "./store";

/** Where Rostrum remembers that demo data was written, or removed. */
export const demoSettingKey = "setup.demo";

export const demoStateSchema = z.object({
  seededAt: z.iso.datetime().optional(),
  removedAt: z.iso.datetime().optional(),
  /** It was removed to be written again, which the next start does where it wasn't done at once. */
  returns: z.boolean().optional(),
});
export type DemoState = z.output<typeof demoStateSchema>;

/** What became of the demo data; empty when there never was any. */
export async function getDemoState(): Promise<DemoState> {
  return await getSetting(demoSettingKey, demoStateSchema, {});
}

/** Whether there is demo data now. */
export async function hasDemoData(): Promise<boolean> {
  return await hasDemoRows();
}
