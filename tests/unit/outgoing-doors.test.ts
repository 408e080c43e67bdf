import { describe, expect, it } from "vitest";
import { doorProblems, doorsIn } from "../../scripts/outgoing-doors";

describe("connections outward", () => {
  it("go through lib/platform/outgoing, except where a reason is written down", () => {
    expect(doorProblems()).toEqual([]);
  });

  it.each([
    ["await fetch(url)", ["fetch("]],
    ["globalThis.fetch(url)", ["fetch("]],
    ['import { request } from "node:http";', ["node:http request"]],
    ['import net from "net";', ["net net"]],
    ['import * as tls from "node:tls";', ["node:tls * as tls"]],
    ['import {\n  connect,\n  isIP,\n} from "node:net";', ["node:net connect"]],
    ['const { connect } = await import("node:net");', ["node:net"]],
    ['const net = require("node:net");', ["node:net"]],
    ['import { lookup } from "node:dns/promises";', ["node:dns/promises lookup"]],
    ['import { fetch } from "undici";', ["undici fetch"]],
    ['import type { IncomingMessage } from "node:http";', []],
    ['import { type IncomingMessage, Server } from "node:http";', []],
    ['import { BlockList, isIP } from "node:net";', []],
    ["prefetch(url); store.fetch(id); refetch()", []],
  ])("are seen: %j", (text, doors) => {
    expect(doorsIn("x.ts", text).map((door) => door.what)).toEqual(doors);
  });
});
