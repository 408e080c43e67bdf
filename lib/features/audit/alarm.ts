import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { notify } from "../notifications";

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
  await withSqlTransaction(async (client) => {
    const [told] = await query(
      `SELECT 1 AS told FROM audit_event WHERE object_type = 'audit' AND object_id = $1 AND action = $2
          AND detail->>'problem' = $3 AND at > now() - interval '1 day' LIMIT 1`,
      [about, action, problem],
      { client },
    );
    if (told) return;
    await notify(client, { kind: action, title, body: problem, href: "/admin/audit" });
    await recordAudit(client, {
      actor: systemActor("audit"),
      action,
      objectType: "audit",
      objectId: about,
      outcome: "failed",
      detail: { problem },
    });
  });
}
