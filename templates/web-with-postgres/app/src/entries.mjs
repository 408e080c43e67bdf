import { HttpError } from "../../../_kit/http.mjs";

export const limits = { author: 60, message: 500 };
export const pageSize = 20;

export const schema = `
  CREATE TABLE IF NOT EXISTS entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author text NOT NULL,
    message text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
`;

const columns = 'id::int AS id, author, message, created_at AS "createdAt"';
const biggestId = 2_147_483_647;

/** What was typed, trimmed, or an error that names every field that is wrong. */
export function validateEntry(body) {
  const author = body.author === undefined || body.author === "" ? "Anonymous" : body.author;
  const fields = { ...findProblem("author", author), ...findProblem("message", body.message) };
  if (Object.keys(fields).length > 0) throw new HttpError(422, Object.values(fields).join(" "), fields);
  return { author: author.trim() || "Anonymous", message: body.message.trim() };
}

function findProblem(name, value) {
  if (typeof value !== "string") return { [name]: `The ${name} must be text.` };
  if (value.includes("\0")) return { [name]: `The ${name} contains an unsupported character.` };
  if (name === "message" && value.trim() === "") return { message: "Enter a message." };
  if (value.trim().length > limits[name]) {
    return { [name]: `The ${name} has ${value.trim().length} characters. The maximum is ${limits[name]}.` };
  }
  return {};
}

/** An id from an address: a positive whole number, else the thing does not exist. */
export function parseId(text) {
  const id = Number(text);
  if (/^\d+$/.test(text) && id > 0 && id <= biggestId) return id;
  throw new HttpError(404, "Entry not found.");
}

export function createEntries(database) {
  return {
    /** Newest first, `pageSize` at a time; `before` is the last id of the page above. */
    async list(before = biggestId) {
      const rows = await database.query(
        `SELECT ${columns} FROM entries WHERE id < $1 ORDER BY id DESC LIMIT $2`,
        [before, pageSize + 1],
      );
      const [{ total }] = await database.query("SELECT count(*)::int AS total FROM entries");
      const entries = rows.slice(0, pageSize);
      return { entries, total, nextBefore: rows.length > pageSize ? entries.at(-1).id : null };
    },

    async add(body) {
      const { author, message } = validateEntry(body);
      const [entry] = await database.query(
        `INSERT INTO entries (author, message) VALUES ($1, $2) RETURNING ${columns}`,
        [author, message],
      );
      return entry;
    },

    async remove(id) {
      const gone = await database.query("DELETE FROM entries WHERE id = $1 RETURNING id", [id]);
      if (gone.length === 0) throw new HttpError(404, "Entry not found.");
    },
  };
}
