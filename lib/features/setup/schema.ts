import { z } from "zod";

/** Answer to the removal of demo data. */
export const demoRemovalSchema = z.object({
  environments: z.number(),
  people: z.number(),
  /** Names of real environments that stay. */
  kept: z.array(z.string()),
});
export type DemoRemoval = z.output<typeof demoRemovalSchema>;
