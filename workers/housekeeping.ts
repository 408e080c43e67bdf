import { createAuditKeeper } from "@/lib/features/audit";
import { closeMail } from "@/lib/platform/mail";
import type { Stop } from "./stop";

/** Remembers the newest seal that this process saw, so it is made once. */
export const audit = createAuditKeeper();

/** The jobs need no start; the last seal and the connection for mail have an end. */
export async function start(): Promise<Stop> {
  return async () => {
    closeMail();
    await audit.close();
  };
}
