import { z } from "zod";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { decodeCursor, type Page, type PageQuery, toPage } from "@/lib/platform/http";
import type { AuditEventDto, AuditFilter } from "./schema";
import { listEventsAfterSeq, listStoredEvents, type StoredEvent } from "./store";

/** Newest first: everything for who may read the whole audit, else the events of the actor's own projects. */
export async function listAuditEvents(
  actor: Actor,
  filter: AuditFilter & PageQuery,
): Promise<Page<AuditEventDto>> {
  const visible = visibleProjects(actor, "audit.read");
  const before = decodeCursor(filter.cursor, z.object({ seq: z.number().int() }))?.seq ?? null;
  const rows = await listStoredEvents({ ...filter, visible, before, limit: filter.limit + 1 });
  return toPage(rows, filter.limit, (row) => ({ seq: Number(row.seq) }), toDto);
}

/** Every event after a number, oldest first; for sending them elsewhere, not for people. */
export async function listEventsAfter(seq: number, limit: number): Promise<AuditEventDto[]> {
  return (await listEventsAfterSeq(seq, limit)).map(toDto);
}

function toDto(row: StoredEvent): AuditEventDto {
  return { ...row, seq: Number(row.seq), at: row.at.toISOString() };
}
