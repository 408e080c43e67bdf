import { once } from "node:events";
import { DriverError } from "@/lib/clouds/contract";
import { messageOf } from "@/lib/kernel/errors";
import { backupFiles } from "./files";
import type { StoredPart } from "./store-parts";

/** @throws DriverError permanent, when the file of a part is missing or not what was written */
export async function verifyPart(part: StoredPart): Promise<void> {
  const found = await backupFiles().checksum(part.location);
  const hint = "Choose another backup. Nothing was changed.";
  if (!found) {
    throw new DriverError("permanent", `The file ${part.location} of the backup is missing.`, {
      hint,
    });
  }
  if (found.sha256 !== part.sha256 || BigInt(found.sizeBytes) !== part.sizeBytes) {
    throw new DriverError(
      "permanent",
      `The file ${part.location} of the backup is damaged: checksum mismatch.`,
      { hint },
    );
  }
  await unpackWhole(part.location, hint);
}

/** Reads the unpacked content to its end: a file can be as written and still not be readable. */
async function unpackWhole(location: string, hint: string): Promise<void> {
  const content = backupFiles().read(location);
  try {
    content.resume();
    await once(content, "end");
  } catch (error) {
    throw new DriverError(
      "permanent",
      `The file ${location} of the backup can’t be unpacked: ${messageOf(error)}`,
      { hint, cause: error },
    );
  } finally {
    content.destroy();
  }
}
