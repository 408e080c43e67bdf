/** Migrates the database of its argument once it is told to: a process for tests to kill. */
import { migrate } from "@/lib/platform/db/migrate";

process.once("message", () => {
  void migrate({ url: process.argv[2] ?? "" }).then((applied) => {
    process.send?.({ applied });
    process.disconnect();
  });
});
process.send?.("ready");
