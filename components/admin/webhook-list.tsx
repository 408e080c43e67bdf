"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { apiDelete, apiPatch, apiPost } from "@/components/data/api";
import type { ApiBody } from "@/components/data/api-types";
import { shownAtFields } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { FormDialog } from "@/components/ui/form-dialog";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import {
  eventGroupLabels,
  eventGroups,
  type WebhookCreated,
  type WebhookDto,
  webhookFormatLabels,
} from "@/lib/features/notifications/schema";
import { formatCount } from "@/lib/kernel/format";
import { useWrite } from "./use-write";
import { WebhookFields, type WebhookValues } from "./webhook-fields";

export interface WebhookListProps {
  webhooks: readonly WebhookDto[];
  manages: boolean;
}

/** URLs that receive events. The signing secret is shown once, when a webhook is made. */
export function WebhookList({ webhooks, manages }: WebhookListProps) {
  const [made, setMade] = useState<WebhookCreated>();
  return (
    <Card title="Webhooks" aside={manages ? <AddWebhook onMade={setMade} /> : undefined} flush>
      {made ? (
        <div className="p-4">
          <Callout
            tone="good"
            title={`Signing secret of ${made.name}`}
            action={<Button onClick={() => setMade(undefined)}>Hide secret</Button>}
          >
            <p>
              Copy it now. You won’t be able to see it again. Receivers verify messages with it (Standard
              Webhooks).
            </p>
            <CodeBlock code={made.secret} label="Signing secret" copy />
          </Callout>
        </div>
      ) : null}
      {webhooks.length === 0 ? (
        <EmptyState title="No webhooks yet">
          {manages
            ? "Add one to send events to Slack, Microsoft Teams or your own service."
            : "You need the administrator role to add one."}
        </EmptyState>
      ) : null}
      <ul className="divide-y">
        {webhooks.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
            <div className="min-w-0 flex-1 basis-56">
              <p className="flex flex-wrap items-center gap-x-3 font-semibold">
                {one.name}
                <Status tone={one.enabled ? "good" : "neutral"}>{one.enabled ? "On" : "Off"}</Status>
                {one.failed > 0 ? (
                  <Status tone="bad">{formatCount(one.failed, "failed message")}</Status>
                ) : null}
              </p>
              <p className="text-xs break-all text-muted">
                {one.address} · {webhookFormatLabels[one.format]} ·{" "}
                {one.groups.map((group) => eventGroupLabels[group].title).join(", ")}
              </p>
              <p className="text-xs text-muted">
                Last delivered: <Time value={one.lastDeliveredAt} fallback="never" />
              </p>
            </div>
            {manages ? <WebhookActions webhook={one} /> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const empty: WebhookValues = { name: "", url: "", format: "standard", groups: [...eventGroups] };

function AddWebhook({ onMade }: { onMade: (made: WebhookCreated) => void }) {
  const [open, setOpen] = useState(false);
  const [values, setValues] = useState(empty);
  const write = useWrite(() => apiPost("/webhooks", { body: values }), {
    success: (made) => `${made.name} added`,
    onSuccess: (made) => {
      setOpen(false);
      setValues(empty);
      onMade(made);
    },
    onProblem: shownAtFields,
  });
  return (
    <FormDialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm">
          <Plus aria-hidden /> Add webhook
        </Button>
      }
      title="Add webhook"
      description="Messages name environments, users and costs. Add only URLs you trust with this data."
      submitLabel="Add webhook"
      pending={write.pending}
      onSubmit={() => void write.run()}
    >
      <WebhookFields values={values} errors={write.fieldErrors} onChange={setValues} />
    </FormDialog>
  );
}

function WebhookActions({ webhook }: { webhook: WebhookDto }) {
  const { id, name, format, groups, enabled } = webhook;
  const path = { id };
  const before: WebhookValues = { name, url: "", format, groups };
  const [open, setOpen] = useState(false);
  const [values, setValues] = useState(before);
  const change = useWrite(
    (body: ApiBody<"/webhooks/{id}", "patch">) => apiPatch("/webhooks/{id}", { path, body }),
    { success: `${name} updated`, onSuccess: () => setOpen(false), onProblem: shownAtFields },
  );
  const test = useWrite(() => apiPost("/webhooks/{id}/test", { path }), { success: "Test message queued" });
  const remove = useWrite(() => apiDelete("/webhooks/{id}", { path }), { success: `${name} deleted` });
  const { url, ...rest } = values;
  return (
    <>
      <ReasonedButton
        size="sm"
        variant="ghost"
        reason={enabled ? null : "Turn the webhook on first."}
        loading={test.pending}
        aria-label={`Send test message to ${name}`}
        onClick={() => void test.run()}
      >
        Send test
      </ReasonedButton>
      <Button
        size="sm"
        variant="ghost"
        loading={change.pending}
        aria-label={`Turn ${name} ${enabled ? "off" : "on"}`}
        onClick={() => void change.run({ enabled: !enabled })}
      >
        {enabled ? "Turn off" : "Turn on"}
      </Button>
      <FormDialog
        open={open}
        onOpenChange={(next) => {
          setValues(before);
          setOpen(next);
        }}
        trigger={
          <Button size="sm" variant="ghost" aria-label={`Edit ${name}`}>
            Edit
          </Button>
        }
        title={`Edit ${name}`}
        submitLabel="Save webhook"
        pending={change.pending}
        onSubmit={() => void change.run({ ...rest, ...(url && { url }) })}
      >
        <WebhookFields values={values} errors={change.fieldErrors} onChange={setValues} stored />
      </FormDialog>
      <ConfirmDialog
        trigger={
          <Button size="sm" variant="ghost" aria-label={`Delete ${name}`}>
            Delete
          </Button>
        }
        title={`Delete ${name}?`}
        losses={["Messages not yet delivered", "Delivery log"]}
        confirmLabel="Delete webhook"
        onConfirm={() => remove.run()}
      />
    </>
  );
}
