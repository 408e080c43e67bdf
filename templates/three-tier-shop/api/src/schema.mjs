/** Repeatable: replicas apply it at every start, under the kit's advisory lock. Prices are in cents. */
export const schema = `
  CREATE TABLE IF NOT EXISTS products (
    id int PRIMARY KEY,
    name text NOT NULL,
    detail text NOT NULL,
    picture text NOT NULL,
    price_cents int NOT NULL CHECK (price_cents > 0),
    stock int NOT NULL CHECK (stock >= 0)
  );
  CREATE TABLE IF NOT EXISTS orders (
    id int GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
    token uuid NOT NULL UNIQUE,
    customer text NOT NULL,
    total_cents int NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE IF NOT EXISTS order_lines (
    order_id int NOT NULL REFERENCES orders ON DELETE CASCADE,
    product_id int NOT NULL REFERENCES products,
    quantity int NOT NULL CHECK (quantity > 0),
    price_cents int NOT NULL,
    PRIMARY KEY (order_id, product_id)
  );
  INSERT INTO products (id, name, detail, picture, price_cents, stock) VALUES
    (1, 'Arc desk lamp', 'Warm light, steel arm, one quiet dial', 'lamp', 8900, 24),
    (2, 'Stoneware mug', 'Holds 350 ml and a whole stand-up', 'mug', 1800, 120),
    (3, 'Field notebook', '192 dotted pages that lie flat', 'notebook', 1450, 200),
    (4, 'Terracotta planter', 'With saucer, 16 cm across', 'plant', 2600, 40),
    (5, 'Studio headphones', 'Closed back, 38 hours on a charge', 'headphones', 14900, 15),
    (6, 'Wall clock', 'Silent sweep, no numbers needed', 'clock', 5400, 30),
    (7, 'Canvas backpack', '22 liters, waxed, made to be repaired', 'backpack', 11900, 18),
    (8, 'Birch stool', 'Three legs, so it never wobbles', 'stool', 7200, 12)
  ON CONFLICT (id) DO NOTHING;
`;
