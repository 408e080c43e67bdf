import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathHash } from "@/lib/platform/exec/reachable";

const book = "/var/lib/rostrum/networks";

/** Takes away the networks of clouds whose folders are gone with the run: namespaces, interfaces, rules, reservations. */
export function sweepNetworks(roots: readonly string[]): void {
  const clouds = roots.flatMap((root) => [root, join(root, "machine"), join(root, "clouds", "cld_hostile")]);
  for (const mark of clouds.map(pathHash)) {
    for (const name of list("/run/netns").filter((one) => one.startsWith(`rostrum_${mark}_`))) {
      spawnSync("ip", ["netns", "delete", name]);
    }
    for (const name of list("/sys/class/net").filter((one) => one.startsWith(`rs${mark.slice(0, 6)}.`))) {
      spawnSync("ip", ["link", "delete", name]);
    }
    // There are none where the cloud had no networks.
    for (const family of ["ip", "ip6"]) spawnSync("nft", ["delete", "table", family, `rostrum_${mark}`]);
  }
  for (const name of list(book)) {
    const [owner = ""] = readFileSync(join(book, name), "utf8").split("\n");
    if (clouds.includes(owner)) rmSync(join(book, name), { force: true });
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No one made a network on this machine.
    return [];
  }
}
