import { routes } from "@/app/api/v1/routes";
import { can, mayEnter, type Permission } from "@/lib/kernel/permissions";
import { listOperations, type Operation } from "@/lib/platform/http/openapi";
import type { Belongings, Identity } from "./identities";
import { noObjects, type Objects, type OrganizationObjects } from "./objects";

/** One call: an operation about something, and who may make it by the permission table. */
export interface Case {
  operation: Operation;
  /** What it is about: "here", "elsewhere", "unknown", "mine"… */
  about: string;
  path: string;
  body?: unknown;
  allowed: boolean;
  /** Whether the caller passes the door and its body is then refused, before anybody looks for the object. */
  undecided: boolean;
  /** Whether the caller may know that the object is there. */
  seen: boolean;
  /** Words that a refused caller must not read. */
  names: readonly string[];
  /** Ids in the address, which an answer may repeat. */
  ids: readonly string[];
}

export interface Things {
  projects: Record<"here" | "elsewhere", Objects>;
  organization: OrganizationObjects;
  /** By user id. */
  belongings: Map<string, Belongings>;
  /** Of someone who is none of the identities. */
  anothers: Belongings;
  anotherUser: string;
}

export const operations = listOperations(routes);
export const nameOf = ({ method, path }: Operation) => `${method} ${path.replace("/api/v1/", "")}`;
const unknownId = "zzz_0000000000";

/** Bodies that the routes of projects accept, so that nothing but the permission can refuse them first. */
const bodies: Record<string, (objects: Objects) => unknown> = {
  "POST environments/{id}/backups": () => ({}),
  "POST environments/{id}/reveal": ({ component, output }) => ({ name: output, component }),
  "POST projects/{id}/members": () => ({ user: "root@test.example", role: "viewer" }),
  "PATCH projects/{id}/members/{userId}": () => ({ role: "viewer" }),
  "POST projects/{id}/git-credentials": () => ({
    name: "robot",
    address: `https://git.example.com/${Math.random()}`,
    username: "robot",
    password: "of the robot",
  }),
  "PATCH projects/{id}/git-credentials/{credentialId}": () => ({ name: "robot of another name" }),
  "PATCH notifications/{id}": () => ({ read: true }),
  "POST requests/{id}/decisions": () => ({ decision: "approve", digest: "of-another-plan", reason: "" }),
};

/** Whether a write is sent with a body of its own; every other one carries one that no schema accepts. */
export function hasBody(operation: Operation): boolean {
  return bodies[nameOf(operation)] !== undefined;
}

/** Every call of one identity. @throws Error for a route about something that the walk does not know */
export function casesOf(identity: Identity, things: Things): Case[] {
  return operations
    .filter(({ handler }) => !handler.definition.public)
    .flatMap((operation) => {
      const made = variantsOf(operation, identity, things);
      if (made.length === 0) throw new Error(`The walk does not know what ${nameOf(operation)} is about.`);
      const open = isOpen(operation, identity);
      return made.map(({ rule = true, exists = true, seen = rule, names = [], ids = [], ...one }) => ({
        ...one,
        operation,
        names,
        ids,
        allowed: open && exists && rule,
        undecided:
          open &&
          !(exists && rule) &&
          operation.method !== "GET" &&
          one.body === undefined &&
          operation.handler.definition.schemas?.body !== undefined,
        seen: open && exists && seen,
      }));
    });
}

interface Variant {
  about: string;
  path: string;
  body?: unknown;
  /** What the table says about this object; the door is asked besides. */
  rule?: boolean;
  exists?: boolean;
  seen?: boolean;
  names?: readonly string[];
  ids?: readonly string[];
}

/** Whether the identity passes the door of the operation. */
function isOpen({ method, handler }: Operation, { grants, fromOtherSite }: Identity): boolean {
  if (!grants || (fromOtherSite && method !== "GET")) return false;
  const { permission } = handler.definition;
  if (permission) return mayEnter(grants, permission);
  return method === "GET" || !grants.scopes || grants.scopes.has("write") || grants.scopes.has("admin");
}

function variantsOf(operation: Operation, identity: Identity, things: Things): Variant[] {
  const { path, method } = operation;
  const noun = path.split("/")[3] ?? "";
  if (["environments", "requests", "runs", "backups", "projects"].includes(noun) && path.includes("{")) {
    return projects(things).map(([about, objects]) => aboutProject(operation, identity, about, objects));
  }
  if (method === "POST" && ["plans", "requests"].includes(noun)) return wishes(operation, identity, things);
  if (noun === "events") return topics(path, identity, things);
  if (path.endsWith("/costs/usage")) {
    return projects(things).map(([about, { environments, projectId, names }]) => ({
      about,
      path: `${path}?environment=${environments}&component=web&meter=cpu&day=2026-01-01`,
      names,
      ids: [environments],
      ...judge(identity, "cost.read", projectId),
    }));
  }
  if (!path.includes("{")) return [{ about: "all", path }];
  return aboutOthers(operation, noun, identity, things);
}

function projects({ projects: { here, elsewhere } }: Things): [string, Objects][] {
  return [
    ["here", here],
    ["elsewhere", elsewhere],
    ["unknown", noObjects],
  ];
}

function judge({ grants }: Identity, permission: Permission, projectId: string | null) {
  if (!grants || projectId === null) return { rule: false, seen: false, exists: projectId !== null };
  const seen = can(grants, "project.read", { projectId });
  return { rule: can(grants, permission, { projectId }), seen };
}

function aboutProject(operation: Operation, identity: Identity, about: string, objects: Objects): Variant {
  const noun = operation.path.split("/")[3] as "environments";
  const { userId, credentialId } = objects;
  const params: Record<string, string> = { id: objects[noun], userId, credentialId };
  const path = fill(operation.path, params);
  const body = bodies[nameOf(operation)]?.(objects);
  const permission = operation.handler.definition.permission;
  if (!permission) throw new Error(`${nameOf(operation)} names no permission.`);
  return {
    about,
    path: noun === "environments" && path.endsWith("/logs") ? `${path}?component=${objects.component}` : path,
    ...(body !== undefined && { body }),
    names: objects.names,
    ids: Object.values(params),
    ...judge(identity, permission, objects.projectId),
  };
}

/** What a body names: a project, an environment. */
function wishes({ path }: Operation, identity: Identity, things: Things): Variant[] {
  return projects(things).flatMap(([about, objects]) => {
    const { projectId, names } = objects;
    const common = { path, names, ids: [objects.projects, objects.environments, objects.backups] };
    const create = {
      kind: "create",
      project: objects.projects,
      template: things.organization.published.name,
      name: `walked-${Math.random().toString(36).slice(2, 10)}`,
      parameters: {},
      reason: "",
    };
    const stop = { kind: "stop", environment: objects.environments, reason: "" };
    const judged = judge(identity, "environment.request", projectId);
    return [
      { about: `${about}: create`, ...common, body: create, ...judged },
      { about: `${about}: stop`, ...common, body: stop, ...judged },
    ];
  });
}

function topics(path: string, identity: Identity, things: Things): Variant[] {
  const listened = (
    about: string,
    topic: string,
    id: string,
    rest: Omit<Variant, "about" | "path" | "ids">,
  ) => ({
    about: `${about}: ${topic.split(":")[0]}`,
    path: `${path}?topics=${topic}`,
    ids: [id],
    ...rest,
  });
  const nouns = ["environment", "run", "request", "project"] as const;
  return [
    ...projects(things).flatMap(([about, objects]) =>
      nouns.map((noun) => {
        const id = objects[`${noun}s` as const];
        const judged = judge(identity, `${noun}.read`, objects.projectId);
        return listened(about, `${noun}:${id}`, id, { names: objects.names, ...judged });
      }),
    ),
    listened("mine", `user:${identity.userId}`, "", { rule: identity.userId !== null }),
    listened("another's", `user:${things.anotherUser}`, things.anotherUser, { rule: false }),
    listened("unknown", "user:usr_zzzzzzzzzz", "usr_zzzzzzzzzz", { rule: false }),
    listened("all", "admin", "", { rule: identity.grants !== null && can(identity.grants, "queue.read") }),
  ];
}

function aboutOthers(operation: Operation, noun: string, identity: Identity, things: Things): Variant[] {
  const { path } = operation;
  const { organization, anothers, belongings } = things;
  const { grants } = identity;
  const written = operation.method === "PATCH" ? bodies[nameOf(operation)]?.(noObjects) : undefined;
  const one = (about: string, id: string, rest: Partial<Variant> = {}): Variant => ({
    about,
    path: fill(path, { id, name: id }),
    ...(written !== undefined && { body: written }),
    ids: [id],
    ...rest,
  });
  const unknown = one("unknown", unknownId, { exists: false });
  if (noun === "tokens" || noun === "sessions" || noun === "notifications") {
    const mine = belongings.get(identity.userId ?? "");
    return [
      ...(mine ? [one("mine", mine[noun])] : []),
      one("another's", anothers[noun], { rule: false, names: ["private-thing"] }),
      unknown,
    ];
  }
  if (noun === "statements") {
    const rule = grants !== null && can(grants, "cost.read");
    return [one("elsewhere", organization.statement, { rule }), unknown];
  }
  if (noun === "templates") {
    const { published, draft } = organization;
    const version = (
      about: string,
      { name, version, file }: typeof draft,
      rest: Partial<Variant>,
    ): Variant => ({
      about,
      path: fill(path, { name, version, transition: "submit", path: file }),
      ids: [name, version, file],
      ...rest,
    });
    return [
      version("published", published, {}),
      version("draft", draft, {
        rule: grants !== null && can(grants, "template.review"),
        names: ["Hidden draft"],
      }),
      version("unknown", { name: "zzz", version: "9.9.9", file: "zzz" }, { exists: false }),
    ];
  }
  // No one's project: who may see them may see all of them.
  if (noun === "webhooks" || noun === "deliveries") return [unknown];
  if (!(noun in organization)) return [];
  const real = one("real", organization[noun as "clouds"]);
  // Names of queues are a closed list: another one is malformed, not unknown.
  return noun === "queues" ? [real] : [real, unknown];
}

function fill(path: string, params: Record<string, string>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(params[name] ?? unknownId));
}
