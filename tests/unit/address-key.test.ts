import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressKey, clientAddress } from "@/lib/platform/auth";
import { peerHeader } from "@/lib/platform/auth/client-address";

const group = fc.integer({ min: 0, max: 0xffff });
const hex = (value: number) => value.toString(16);

/** The ways one address is written: in full, with zeros left out, in capitals, with a zone. */
function spellings(groups: readonly number[]): string[] {
  const full = groups.map(hex).join(":");
  const short = new URL(`http://[${full}]/`).hostname.slice(1, -1);
  return [
    full,
    short,
    full.toUpperCase(),
    groups.map((one) => hex(one).padStart(4, "0")).join(":"),
    `${short}%eth0`,
  ];
}

describe("what an address is counted as", () => {
  it("is the same for all of an IPv6 /64, however they are written, and another one elsewhere", () => {
    const network = fc.array(group, { minLength: 4, maxLength: 4 });
    const rest = fc.array(group, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(network, rest, rest, group, (net, one, two, other) => {
        fc.pre(net.some((value) => value !== 0));
        const keys = [...spellings([...net, ...one]), ...spellings([...net, ...two])].map(addressKey);
        expect(new Set(keys).size).toBe(1);
        fc.pre(other !== net[3]);
        expect(addressKey([...net.slice(0, 3), other, ...one].map(hex).join(":"))).not.toBe(keys[0]);
      }),
    );
  });

  it("is the address for IPv4, mapped into IPv6 or not", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const mapped = [0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d];
        const ways = [address, `::ffff:${address}`, `::FFFF:${address}`, ...spellings(mapped)];
        expect(new Set(ways.map(addressKey))).toEqual(new Set([address]));
        const seen = clientAddress(new Headers({ [peerHeader]: mapped.map(hex).join(":") }));
        expect(seen).toBe(address);
      }),
    );
  });

  it("takes every valid address, and leaves other text alone", () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(addressKey(address)).toMatch(/^([0-9a-f]+(:[0-9a-f]+){3}::\/64|[\d.]+)$/);
      }),
    );
    for (const text of ["", "usr_1", "session ses_1", "999.1.1.1", ":::"])
      expect(addressKey(text)).toBe(text);
  });
});
