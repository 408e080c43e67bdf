import type { Db } from "@/lib/platform/db";
import { type EventPlace, followLink, type Recipient } from "./recipients.sql";
import { audiences, type RecipientLink, ruleOf } from "./rules";
import type { EventKind } from "./schema";

/** Something that happened and that people are told of. */
export interface NotificationEvent {
  kind: EventKind;
  /** One sentence: what happened, the object first. */
  title: string;
  body?: string;
  /** Where to go from it: "/requests/req_…". */
  href?: string;
  /** The person whose matter it is: requester, owner or author. Null: no one's, so the next in the chain hears it. */
  subjectId?: string | null;
  /** Who did it; null for Rostrum itself. */
  actorId?: string | null;
  /** What it is about: users who may not see this environment aren't told. */
  environmentId?: string;
  /** The project it is about; that of the environment when absent. */
  projectId?: string;
  /** Further lines for e-mail and webhooks: cost, until when. */
  facts?: readonly { label: string; value: string }[];
}

interface Open {
  event: NotificationEvent;
  index: number;
  /** How far along the chain of its audience. */
  step: number;
}

/** The people an event's audience is, by the first link of its chain that finds an enabled one. */
export async function findRecipients(db: Db, events: readonly NotificationEvent[]): Promise<Recipient[]> {
  const found: Recipient[] = [];
  let open = events.map((event, index): Open => ({ event, index, step: 0 }));
  while (open.length > 0) {
    const byLink = groupByLink(open);
    open = [];
    for (const [link, some] of byLink) {
      const told = await followLink(db, link, some.map(placeOf));
      found.push(...told);
      const answered = new Set(told.map((one) => one.event));
      open.push(
        ...some.filter((one) => !answered.has(one.index)).map((one) => ({ ...one, step: one.step + 1 })),
      );
    }
  }
  return found.filter(({ event, userId }) => {
    const { kind, actorId } = events[event] as NotificationEvent;
    return !(ruleOf(kind).skipActor && userId === actorId);
  });
}

/** Events whose chain has ended are left out: no enabled administrator exists. */
function groupByLink(open: readonly Open[]): Map<RecipientLink, Open[]> {
  const groups = new Map<RecipientLink, Open[]>();
  for (const one of open) {
    const link = audiences[ruleOf(one.event.kind).audience][one.step];
    if (link) groups.set(link, [...(groups.get(link) ?? []), one]);
  }
  return groups;
}

function placeOf({ event, index }: Open): EventPlace {
  return {
    position: index,
    subjectId: event.subjectId ?? null,
    environmentId: event.environmentId ?? null,
    projectId: event.projectId ?? null,
  };
}
