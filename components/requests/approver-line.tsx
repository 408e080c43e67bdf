import { Time } from "@/components/ui/time";
import type { Approvers } from "@/lib/features/requests/schema";

const most = 4;

/** Who can decide about a waiting request, and that they know: "Approvers: Jonas Weber, Mia Lang · notified 2 min ago". */
export function ApproverLine({ approvers }: { approvers: Approvers }) {
  const { people, administrators, notifiedAt } = approvers;
  if (people.length === 0) return <>No one can approve this request. Add an approver to the project.</>;
  const shown = people.slice(0, most).map((one) => one.name);
  const names = [...shown, ...(people.length > most ? [`${people.length - most} more`] : [])].join(", ");
  return (
    <>
      {administrators
        ? `No one in this project can approve. Administrators: ${names}`
        : `Approvers: ${names}`}
      {notifiedAt ? (
        <>
          {" · notified "}
          <Time value={notifiedAt} />
        </>
      ) : null}
    </>
  );
}
