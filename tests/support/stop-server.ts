/** Ends the PostgreSQL server that test processes share; the last thing `npm test` does. */
import { stopTestServer } from "./database";

await stopTestServer();
