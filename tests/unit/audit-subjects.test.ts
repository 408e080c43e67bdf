import { expect, it } from "vitest";
import { auditSubjects } from "@/components/admin/audit-looks";
import { auditActionLabels } from "@/lib/kernel/audit-actions";

it.each(auditSubjects)("the filter %s finds actions that are recorded", (prefix) => {
  expect(Object.keys(auditActionLabels).filter((action) => action.startsWith(prefix))).not.toEqual([]);
});
