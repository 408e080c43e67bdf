import { type Connection, rowsOn, statements } from "./builder";

/**
 * Lets the transaction that is under way on a connection insert rows in any status, until it ends. Triggers refuse a new
 * row that isn't in an initial status of its state machine (ADR 25); demo data and test scenes describe what
 * happened before, so their rows begin where that history ended. Outside of a transaction it lets nothing in. Moves
 * of rows that exist stay as guarded as ever.
 */
export async function allowHistory(connection: Connection): Promise<void> {
  const allow = statements.selectNoFrom((eb) =>
    eb.fn<string>("set_config", [eb.val("rostrum.history"), eb.val("on"), eb.val(true)]).as("history"),
  );
  await rowsOn(connection, allow);
}
