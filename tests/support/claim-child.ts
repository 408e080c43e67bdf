/** Holds a database until it is killed: a launcher for tests. Arguments: url, data directory. */
import { claimDatabase } from "@/lib/platform/db/binding";

const [url = "", dataDir = ""] = process.argv.slice(2);
const claim = await claimDatabase({ url, dataDir, takeOver: false });
await claim.bind();
process.send?.("held");
setInterval(() => {}, 1_000);
