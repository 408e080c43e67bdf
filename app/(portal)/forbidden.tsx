import { headers } from "next/headers";
import { NoAccess } from "@/components/shell/no-access";
import { rolesWith } from "@/lib/kernel/permissions";
import { grantorNames } from "./grantors";
import { permissionOf, roleLabels } from "./navigation";

/** A page that is not for this user's role: which one it needs, and who can give it. */
export default async function Forbidden() {
  const pathname = ((await headers()).get("x-pathname") ?? "").split("?")[0] ?? "";
  const permission = permissionOf(pathname);
  const roles = permission ? rolesWith(permission).map((role) => roleLabels[role]) : [];
  return <NoAccess roles={roles} grantors={await grantorNames()} />;
}
