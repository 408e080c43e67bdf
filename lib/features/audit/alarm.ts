import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { notify } from "../notifications";
import { wasToldToday } from "./store";

export interface Alarm {
  action: "audit.integrity" | "audit.delivery";
  /** What it is about, for telling it once a day: "chain", "syslog". */
  about: string;
  title: string;
  problem: string;
}

/**
 * Tells administrators and auditors, and the audit itself, what is wrong with the audit. The same problem is told once
 * a day; the log has it every time.
 */
export async function raiseAlarm({ action, about, title, problem }: Alarm): Promise<void> {
  moduleLog("audit").error({ about, problem }, title);
  await inTransaction(async (tx) => {
    if (await wasToldToday(tx, { about, action, problem })) return;
    await notify(tx, { kind: action, title, body: problem, href: "/admin/audit" });
    await recordAudit(tx, {
      actor: systemActor("audit"),
      action,
      objectType: "audit",
      objectId: about,
      outcome: "failed",
      detail: { problem },
    });
  });
}
