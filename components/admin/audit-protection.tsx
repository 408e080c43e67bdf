import type { ReactNode } from "react";
import { Callout } from "@/components/ui/callout";
import { Time } from "@/components/ui/time";
import type { AuditStatus } from "@/lib/features/audit/schema";
import { formatCount } from "@/lib/kernel/format";

/** When the audit log was last sealed and its head last written outside the database, and what is wrong with either. */
export function AuditProtection({ status }: { status: AuditStatus }) {
  return (
    <>
      {status.alarm ? (
        <Callout tone="bad" title="Integrity check failed">
          {status.alarm.problem} Detected <Time value={status.alarm.at} />.
        </Callout>
      ) : null}
      {status.progress ? (
        <Callout tone="bad" title="Delivery progress can’t be trusted">
          {status.progress.problem}.{" "}
          {status.progress.at ? (
            <>
              Rostrum sent all heads again <Time value={status.progress.at} />.
            </>
          ) : (
            "A worker will send all heads again."
          )}{" "}
          Compare them with the heads received before.
        </Callout>
      ) : null}
      {status.sinks
        .filter((sink) => sink.failingSince !== null)
        .map((sink) => (
          <Callout key={sink.name} tone="warning" title={`Audit heads don’t reach ${sink.target}`}>
            {sink.error}. Failing since <Time value={sink.failingSince} />. Rostrum retries every minute.
          </Callout>
        ))}
      {status.powers.length > 0 ? (
        <Callout tone="warning" title="Audit tables aren’t protected from Rostrum’s database role">
          {status.powers.join(" ")} Set DATABASE_OWNER_URL to a separate role that owns the tables.
        </Callout>
      ) : null}
      <dl className="flex flex-wrap gap-x-8 gap-y-2 text-sm text-muted">
        <Fact term="Last seal">
          <Time value={status.lastSealAt} fallback="None yet" />
          {status.unsealed > 0 ? ` (${formatCount(status.unsealed, "newer event")})` : null}
        </Fact>
        <Fact term="Last head in file">
          <Time value={status.lastHeadAt} fallback="None on this host" />
        </Fact>
        {status.sinks.map((sink) => (
          <Fact key={sink.name} term={`Last sent to ${sink.target}`}>
            <Time value={sink.lastOkAt} fallback="Not yet" />
          </Fact>
        ))}
      </dl>
    </>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex gap-2">
      <dt>{term}</dt>
      <dd className="text-ink-soft">{children}</dd>
    </div>
  );
}
