import type { TestDatabase } from "./database";
import { makePerson, type TestPerson, useTestPortal } from "./portal";

/** A portal with three people: one who administers, one who is to own a project, one who has no part in it. */
export interface Organization {
  database: TestDatabase;
  admin: TestPerson;
  owner: TestPerson;
  stranger: TestPerson;
}

export async function useOrganization(): Promise<Organization> {
  return {
    database: await useTestPortal(),
    admin: await makePerson("admin", { orgRole: "admin" }),
    owner: await makePerson("owner"),
    stranger: await makePerson("stranger"),
  };
}
