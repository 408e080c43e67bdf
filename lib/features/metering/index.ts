export { heldSql, priceJoin } from "./held.sql";
export { meteredUntil, meteringTick } from "./tick";
