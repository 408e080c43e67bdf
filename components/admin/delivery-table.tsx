"use client";

import { apiPost } from "@/components/data/api";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import {
  type DeliveryDto,
  type DeliveryStatus,
  deliveryStatusLabels,
} from "@/lib/features/notifications/schema";
import { useWrite } from "./use-write";

const tones = { pending: "neutral", delivered: "good", failed: "bad" } as const satisfies Record<
  DeliveryStatus,
  string
>;

export interface DeliveryTableProps {
  title: string;
  deliveries: readonly DeliveryDto[];
  manages: boolean;
}

/** What became of messages: attempts, the last error, and a way to send a failed one again. */
export function DeliveryTable({ title, deliveries, manages }: DeliveryTableProps) {
  if (deliveries.length === 0) {
    return (
      <Card title={title} flush>
        <EmptyState title="No deliveries yet">Email and webhook messages appear here for 30 days.</EmptyState>
      </Card>
    );
  }
  return (
    <Card title={title} flush>
      <Table caption={title}>
        <TableHead>
          <tr>
            <TableHeader>Message</TableHeader>
            <TableHeader>Recipient</TableHeader>
            <TableHeader>Status</TableHeader>
            <TableHeader numeric>Attempts</TableHeader>
            <TableHeader numeric>Created</TableHeader>
            <TableHeader>
              <span className="sr-only">Actions</span>
            </TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {deliveries.map((one) => (
            <TableRow key={one.id}>
              <TableCell>
                <span className="block font-medium">{one.title}</span>
                {one.lastError ? (
                  <span className="block text-xs break-words text-muted">{one.lastError}</span>
                ) : null}
              </TableCell>
              <TableCell>
                {one.to}
                <span className="block text-xs text-muted">
                  {one.channel === "email" ? "Email" : "Webhook"}
                </span>
              </TableCell>
              <TableCell>
                <Status tone={tones[one.status]}>{deliveryStatusLabels[one.status]}</Status>
              </TableCell>
              <TableCell numeric>{one.attempts}</TableCell>
              <TableCell numeric>
                <Time value={one.createdAt} />
              </TableCell>
              <TableCell>
                {manages && one.status === "failed" ? <Retry id={one.id} title={one.title} /> : null}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function Retry({ id, title }: { id: string; title: string }) {
  const retry = useWrite(() => apiPost("/deliveries/{id}/retry", { path: { id } }), {
    success: "Delivery queued",
  });
  return (
    <Button
      size="sm"
      loading={retry.pending}
      aria-label={`Retry delivery of ${title}`}
      onClick={() => void retry.run()}
    >
      Retry
    </Button>
  );
}
