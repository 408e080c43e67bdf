import type { MemberDto } from "@/lib/features/projects/schema";
import type { OwnerOption } from "./transfer-dialog";

/** The members of a project who may own environments, without the present owner. */
export function ownerOptions(members: readonly MemberDto[], ownerId?: string): OwnerOption[] {
  return members
    .filter(({ disabled, role, userId }) => {
      return !disabled && (role === "owner" || role === "developer") && userId !== ownerId;
    })
    .map(({ userId, name, email }) => ({ id: userId, name, email }));
}
