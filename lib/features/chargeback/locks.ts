import { lockUntilCommit, type Tx } from "@/lib/platform/db";

/** Keys of the locks; arbitrary constants of ours, each used once. */
const keys = { defaultPriceBook: 7_266_043, closing: 7_266_042 };

/** Lets one process at a time make the built-in price book, until the transaction ends. */
export async function lockDefaultPriceBook(tx: Tx): Promise<void> {
  await lockUntilCommit(tx, keys.defaultPriceBook);
}

/** Lets one process at a time close a month, until the transaction ends. */
export async function lockClosing(tx: Tx): Promise<void> {
  await lockUntilCommit(tx, keys.closing);
}
