"use client";

import { ShieldCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { DescriptionList } from "@/components/ui/description-list";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import type { AuditVerification } from "@/lib/features/audit/schema";
import { formatCount, formatNumber } from "@/lib/kernel/format";

/** Reads the whole chain on the server and says whether anything was changed, removed or put in. */
export function VerifyChain() {
  const [result, setResult] = useState<AuditVerification>();
  const check = useAction(() => apiFetch<AuditVerification>("/audit/verify", { method: "POST" }), {
    onSuccess: setResult,
  });
  return (
    <>
      <Button loading={check.pending} onClick={() => void check.run()}>
        <ShieldCheck aria-hidden /> Verify chain
      </Button>
      <Dialog open={result !== undefined} onOpenChange={(open) => open || setResult(undefined)}>
        {result ? (
          <DialogContent
            title={result.ok ? "The chain is unbroken" : "The chain is broken"}
            description={result.message}
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
              <DescriptionList
                className="min-w-0 flex-1"
                items={[
                  { term: "Checked", value: formatCount(result.checked, "entry", "entries") },
                  ...(result.brokenSeq === null
                    ? []
                    : [{ term: "First wrong entry", value: `No. ${formatNumber(result.brokenSeq, 0)}` }]),
                  {
                    term: "Last entry",
                    value: result.lastSeq === null ? "none" : `No. ${formatNumber(result.lastSeq, 0)}`,
                  },
                  {
                    term: "Last hash",
                    value: <code className="font-mono text-xs break-all">{result.lastHash ?? "none"}</code>,
                  },
                ]}
              />
            </div>
          </DialogContent>
        ) : null}
      </Dialog>
    </>
  );
}
