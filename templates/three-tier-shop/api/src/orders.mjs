import { HttpError } from "../../../_kit/http.mjs";

const customerLimit = 60;
const lineLimit = 20;
const quantityLimit = 10;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `{token, customer, lines: [{productId, quantity}]}` as sent, or an error that says what is wrong. */
export function parseOrder(body) {
  const customer = typeof body.customer === "string" ? body.customer.trim() : "";
  const fields = {};
  if (!uuid.test(body.token))
    fields.token = "The order requires a token (a UUID) to prevent duplicate orders.";
  if (customer === "" || customer.includes("\0")) fields.customer = "Enter a delivery name.";
  if (customer.length > customerLimit)
    fields.customer = `Use at most ${customerLimit} characters for the name.`;
  if (!areLines(body.lines)) fields.lines = "The cart is empty or contains an unavailable product.";
  if (Object.keys(fields).length > 0) throw new HttpError(422, Object.values(fields).join(" "), fields);
  return { token: body.token.toLowerCase(), customer, lines: body.lines };
}

function areLines(lines) {
  if (!Array.isArray(lines) || lines.length === 0 || lines.length > lineLimit) return false;
  const whole = (value, maximum) => Number.isInteger(value) && value > 0 && value <= maximum;
  const valid = lines.every(
    (line) => whole(line?.productId, 2 ** 31 - 1) && whole(line.quantity, quantityLimit),
  );
  return valid && new Set(lines.map((line) => line.productId)).size === lines.length;
}

export function createOrders(database) {
  /** Takes one line out of the stock; the guard in WHERE is what keeps two buyers from one last piece. */
  async function takeFromStock(query, { productId, quantity }) {
    const [taken] = await query(
      "UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2 RETURNING price_cents",
      [productId, quantity],
    );
    if (taken) return { productId, quantity, priceCents: taken.price_cents };
    const [product] = await query("SELECT name, stock FROM products WHERE id = $1", [productId]);
    if (!product) throw new HttpError(422, "A product in the cart is no longer available.");
    throw new HttpError(409, `Only ${product.stock} of "${product.name}" left. The order was not placed.`);
  }

  async function insertOrder(query, { token, customer, lines }) {
    // Products are locked in one order everywhere, so that two baskets cannot wait for each other.
    const sorted = lines.toSorted((a, b) => a.productId - b.productId);
    const taken = [];
    for (const line of sorted) taken.push(await takeFromStock(query, line));
    const totalCents = taken.reduce((sum, line) => sum + line.quantity * line.priceCents, 0);
    const [order] = await query(
      "INSERT INTO orders (token, customer, total_cents) VALUES ($1, $2, $3) RETURNING id",
      [token, customer, totalCents],
    );
    await query(
      `INSERT INTO order_lines (order_id, product_id, quantity, price_cents)
       SELECT $1, * FROM unnest($2::int[], $3::int[], $4::int[])`,
      [order.id, ...["productId", "quantity", "priceCents"].map((key) => taken.map((line) => line[key]))],
    );
    return { id: order.id, totalCents };
  }

  const findByToken = (query, token) =>
    query('SELECT id, total_cents AS "totalCents" FROM orders WHERE token = $1', [token]);

  return {
    products: () =>
      database.query(
        'SELECT id, name, detail, picture, price_cents AS "priceCents", stock FROM products ORDER BY id',
      ),

    /** Places an order once per token: sent again, it answers the order that is there. */
    async place(order) {
      try {
        return await database.transaction(async (query) => {
          const [known] = await findByToken(query, order.token);
          return known ?? insertOrder(query, order);
        });
      } catch (error) {
        if (error.code !== "23505") throw error;
        const [known] = await findByToken(database.query, order.token);
        return known;
      }
    },

    /** The last 20 orders with their lines, and the figures of all of them. */
    async recent() {
      const orders = await database.query(`
        SELECT o.id, o.customer, o.total_cents AS "totalCents", o.created_at AS "createdAt",
               json_agg(json_build_object('name', p.name, 'quantity', l.quantity) ORDER BY p.id) AS lines
        FROM (SELECT * FROM orders ORDER BY id DESC LIMIT 20) o
        JOIN order_lines l ON l.order_id = o.id JOIN products p ON p.id = l.product_id
        GROUP BY o.id, o.customer, o.total_cents, o.created_at ORDER BY o.id DESC`);
      const [figures] = await database.query(`
        SELECT count(*)::int AS orders, coalesce(sum(total_cents), 0)::float8 AS "totalCents" FROM orders`);
      return { orders, figures };
    },
  };
}
