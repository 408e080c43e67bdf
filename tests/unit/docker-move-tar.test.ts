import { buffer } from "node:stream/consumers";
import { type Pack, pack } from "tar-stream";
import { expect, it } from "vitest";
import { moveEntries } from "@/lib/clouds/docker/move-tar";

async function move(header: Parameters<Pack["entry"]>[0]): Promise<number> {
  const source = pack();
  source.entry({ name: "fine" }, "text");
  source.entry(header);
  source.finalize();
  const target = pack();
  target.on("error", () => undefined);
  const [, content] = await Promise.all([
    moveEntries(source as never, target, "stage").catch((error: Error) => {
      target.finalize();
      throw error;
    }),
    buffer(target),
  ]);
  return content.length;
}

it("a copy with a device, or with a place outside itself, is refused", async () => {
  expect(await move({ name: "folder", type: "directory" })).toBeGreaterThan(0);
  await expect(move({ name: "disk", type: "block-device", devmajor: 8, devminor: 0 })).rejects.toThrow(
    "contains the device disk",
  );
  await expect(move({ name: "mem", type: "character-device", devmajor: 1, devminor: 1 })).rejects.toThrow(
    "device",
  );
  await expect(move({ name: "../out", type: "directory" })).rejects.toThrow("points outside the archive");
});
