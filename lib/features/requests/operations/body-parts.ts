import { z } from "zod";
import { textUpTo } from "@/lib/kernel/text-schema";

/** Parts of the bodies of requests. */
export const reason = textUpTo(2_000).default("");
export const parameters = z.record(z.string(), z.json()).default({});
export const leaseDays = z.int().min(1).max(3_650);
export const cloud = z.string().max(100).optional();
export const component = z.string().max(64).optional();
/** False: no safety backup before data is deleted. Someone else has to approve that. */
export const safetyBackup = z.boolean().optional();

/** What every change to an existing environment says. */
export const change = { environment: z.string().min(1).max(60), reason };
