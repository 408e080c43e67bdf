"use client";

import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import type { PreviewDto } from "@/lib/features/requests/schema";
import { LossList } from "./loss-list";
import { PlanChanges } from "./plan-changes";
import { cloudsOf } from "./plan-model";
import { VerdictList } from "./verdict-list";

/** The whole plan before anything is submitted: changes, places, what every rule said. */
export function PlanDialog({ preview }: { preview: PreviewDto }) {
  const { plan } = preview;
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button variant="ghost" size="sm" className="mx-auto">
          View plan
        </Button>
      </DialogTrigger>
      <DialogContent
        wide
        title="Plan"
        description={`Preview only. Target cloud: ${cloudsOf(plan) || "none"}.`}
      >
        <div className="grid gap-6">
          <section>
            <h3 className="mb-2.5 text-sm font-semibold">Changes (monthly cost)</h3>
            <PlanChanges plan={plan} full showCloud />
          </section>
          <LossList losses={plan.losses} />
          <section>
            <h3 className="mb-2.5 text-sm font-semibold">Policy checks</h3>
            <VerdictList verdicts={preview.verdicts} />
          </section>
          {plan.placement.length > 0 ? (
            <section>
              <h3 className="mb-2.5 text-sm font-semibold">Placement</h3>
              <ul className="grid gap-1">
                {plan.placement.map((one) => (
                  <li key={one.cloud} className={one.chosen ? undefined : "text-muted"}>
                    {one.cloud}: {one.reason}
                  </li>
                ))}
              </ul>
            </section>
          ) : null}
          <p className="font-mono text-2xs break-all text-muted">Digest {plan.digest}</p>
        </div>
      </DialogContent>
    </Dialog>
  );
}
