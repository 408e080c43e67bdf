"use client";

import { ShieldCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { DescriptionList } from "@/components/ui/description-list";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Time } from "@/components/ui/time";
import type { AuditVerification } from "@/lib/features/audit/schema";
import { formatCount, formatNumber } from "@/lib/kernel/format";

/** Checks chain, seals and heads on the server and says whether anything was changed, removed or inserted. */
export function VerifyChain() {
  const [result, setResult] = useState<AuditVerification>();
  const check = useAction(() => apiPost("/audit/verify"), {
    onSuccess: setResult,
  });
  return (
    <>
      <Button loading={check.pending} onClick={() => void check.run()}>
        <ShieldCheck aria-hidden /> Verify integrity
      </Button>
      <Dialog open={result !== undefined} onOpenChange={(open) => open || setResult(undefined)}>
        {result ? (
          <DialogContent
            title={result.ok ? "Integrity verified" : "Integrity check failed"}
            description={result.ok ? result.message : "The audit log was changed outside Rostrum."}
            footer={
              <Button variant="primary" onClick={() => setResult(undefined)}>
                Done
              </Button>
            }
          >
            <div className="flex items-start gap-3">
              {result.ok ? (
                <ShieldCheck className="size-8 shrink-0 text-good-ink" aria-hidden />
              ) : (
                <TriangleAlert className="size-8 shrink-0 text-bad-ink" aria-hidden />
              )}
              <div className="min-w-0 flex-1 space-y-3">
                {result.problems.map((problem) => (
                  <p key={problem.check} className="text-bad-ink">
                    {problem.message}
                  </p>
                ))}
                {result.warnings.map((warning) => (
                  <p key={warning} className="text-warning-ink">
                    {warning}
                  </p>
                ))}
                <DescriptionList
                  items={[
                    { term: "Verified", value: formatCount(result.checked, "event") },
                    ...(result.brokenSeq === null
                      ? []
                      : [{ term: "First affected event", value: `#${formatNumber(result.brokenSeq, 0)}` }]),
                    {
                      term: "Last seal",
                      value: <Time value={result.seals.lastAt} fallback="None yet" />,
                    },
                    {
                      term: "Last head",
                      value: <Time value={result.heads.lastAt} fallback="None on this host" />,
                    },
                    {
                      term: "Last event",
                      value: result.lastSeq === null ? "—" : `#${formatNumber(result.lastSeq, 0)}`,
                    },
                    {
                      term: "Last hash",
                      value: <code className="font-mono text-xs break-all">{result.lastHash ?? "—"}</code>,
                    },
                  ]}
                />
              </div>
            </div>
          </DialogContent>
        ) : null}
      </Dialog>
    </>
  );
}
