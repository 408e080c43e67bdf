import { Failure } from "./failure";
import { WaysOut } from "./not-found";

export interface NoAccessProps {
  /** Roles that open the page, in words; empty when it depends on the project. */
  roles: readonly string[];
  /** Names of users who can grant a role. */
  grantors: readonly string[];
}

const list = new Intl.ListFormat("en-US", { type: "disjunction" });

/** For pages that exist and are not for this user's role. */
export function NoAccess({ roles, grantors }: NoAccessProps) {
  const needed =
    roles.length > 0
      ? `You need the ${list.format(roles)} role to open this page.`
      : "Your role in this project doesn’t include this page.";
  const ask = grantors.length > 0 ? list.format(grantors) : "an administrator";
  return (
    <>
      <title>No access · Rostrum</title>
      <Failure
        title="No access"
        standing={needed}
        todo={`Ask ${ask} to give you the role.`}
        actions={<WaysOut />}
      />
    </>
  );
}
