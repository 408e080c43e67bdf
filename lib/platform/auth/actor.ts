import type { Grants, OrgRole, ProjectRole, Scope } from "@/lib/kernel/permissions";

/** The one who does something: a person in a browser or with a token, the system itself, or the host's command line. */
export interface Actor extends Grants {
  /** Null for the system and the command line. */
  userId: string | null;
  name: string;
  email: string;
  orgRole: OrgRole | null;
  projects: ReadonlyMap<string, ProjectRole>;
  via: "session" | "token" | "system" | "cli";
  scopes: ReadonlySet<Scope> | null;
  /** Of the session or token, so that it can be revoked. */
  credentialId: string | null;
  requestId: string;
  ip: string;
  /** Method and path of the request, or the path of the page; for the audit of refused attempts. */
  operation?: string;
  isDemo: boolean;
  /** When the password that someone else made up for this person ends. */
  passwordEndsAt?: Date;
}

/** A person signed in, whose id is therefore known. */
export type PersonActor = Actor & { userId: string };

function unlimitedActor(via: "system" | "cli", name: string): Actor {
  return {
    userId: null,
    name,
    email: "",
    orgRole: null,
    projects: new Map(),
    via,
    scopes: null,
    unlimited: true,
    credentialId: null,
    requestId: "",
    ip: "",
    isDemo: false,
  };
}

/** Rostrum acting by itself; the reason is what the audit shows as its name ("lease end", "healing"). */
export function systemActor(reason: string): Actor {
  return unlimitedActor("system", `Rostrum (${reason})`);
}

/** The administrator's command line on the host. */
export function cliActor(): Actor {
  return unlimitedActor("cli", "CLI");
}

/** Someone who did not prove who they are; for the audit of refused attempts. */
export function anonymousActor({ requestId, ip }: { requestId: string; ip: string }): Actor {
  return { ...systemActor(""), name: "Anonymous", via: "session", unlimited: false, requestId, ip };
}
