/** Thrown by queries while the database server is away. Routes answer it with 503 and a friendly page. */
export class DatabaseAway extends Error {}
