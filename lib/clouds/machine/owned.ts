import { existsSync } from "node:fs";
import { join } from "node:path";
import type { OwnedObject } from "../contract";
import { listGroups } from "./isolation/cgroups";
import { entriesOf, listComponentDirectories } from "./layout";
import { groupName, type Machine, refVariable } from "./machine";
import { findMarked } from "./processes/members";

/** Everything on this machine that carries an environment's mark: folders, processes, ports, users, groups, its network. */
export function listOwned(machine: Machine, environmentId: string): OwnedObject[] {
  const { root, ports, uids, networks, groups } = machine;
  const own = (type: string, key: string, name = key): OwnedObject[] => {
    const [environment, component = ""] = key.split("/");
    return environment === environmentId ? [{ type, name, component }] : [];
  };
  const folder = join(root, environmentId);
  const components = listComponentDirectories(root).filter((one) => one.environmentId === environmentId);
  const known = new Set(components.map((one) => one.component));
  const strays = entriesOf(folder)
    .map((entry) => entry.name)
    .filter((name) => !known.has(name));
  const groupsBegin = groupName(machine, { environmentId, environmentName: "", component: "" });
  return [
    ...components.map(({ component }) => ({ type: "folder", name: join(folder, component), component })),
    ...strays.map((name) => ({ type: "file", name: join(folder, name), component: "" })),
    ...(existsSync(folder) && components.length === 0
      ? [{ type: "folder", name: folder, component: "" }]
      : []),
    ...findMarked(machine).flatMap(({ info, variables }) =>
      own("process", variables.get(refVariable) ?? "", String(info.pid)),
    ),
    ...ports.list().flatMap(({ ref, port }) => own("port", ref, String(port))),
    ...(uids?.list() ?? []).flatMap(({ key, uid }) => own("user", key, String(uid))),
    ...(groups === null ? [] : listGroups())
      .filter((name) => name.startsWith(groupsBegin))
      .flatMap((name) => own("group", `${environmentId}/${name.slice(groupsBegin.length)}`, name)),
    ...(networks?.list().includes(environmentId)
      ? [{ type: "network", name: environmentId, component: "" }]
      : []),
  ];
}
