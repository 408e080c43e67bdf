import { instanceName } from "../../../_kit/config.mjs";
import { html, raw } from "../../../_kit/html.mjs";
import { awayNotice, errorContent, layout, timeAgo } from "../../../_kit/page.mjs";
import { countPieces, quantityLimit } from "./basket.mjs";
import { pictures } from "./pictures.mjs";

export function createViews({ config, assets }) {
  const format = new Intl.NumberFormat("en", { style: "currency", currency: config.currency });
  const money = (cents) => html`<span class="number">${format.format(cents / 100)}</span>`;

  function frame({ path, title, pieces = 0, servedBy, content, ready = true }) {
    const basket = html`Cart${pieces > 0 && html` <span class="pieces number">${pieces}</span>`}`;
    return layout({
      assets,
      name: config.name,
      title: `${title} · ${config.name}`,
      ready,
      labels: ["Open", "Temporarily unavailable"],
      statusPath: "/status",
      navigation: [
        ["/", "Products"],
        ["/basket", basket],
        ["/orders", "Orders"],
      ],
      path,
      content: html`${awayNotice(ready, "The shop's API or its database")}${content}`,
      foot: [
        html`Served by web replica <code>${instanceName}</code>${servedBy && html` · data by API replica <code>${servedBy}</code>`}`,
        `Three-tier shop · ${config.environment}`,
      ],
    });
  }

  function productCard(product, chosen) {
    const soldOut = product.stock <= chosen;
    return html`<li class="card product"><div class="picture ${product.picture}">${pictures[product.picture] ?? pictures.parcel}</div>
<div class="row between"><h2>${product.name}</h2>${money(product.priceCents)}</div>
<p class="muted small">${product.detail}</p>
<form method="post" action="/basket" class="row between"><input type="hidden" name="product" value="${product.id}">
${stockLabel(product.stock)}
<button name="add" value="1" data-needs-ready ${soldOut || chosen >= quantityLimit ? raw("disabled") : ""} aria-label="Add ${product.name} to the cart">${chosen > 0 ? `Add · ${chosen} in cart` : "Add"}</button></form></li>`;
  }

  function basketLine({ product, quantity }) {
    return html`<li><div class="picture thumb ${product.picture}">${pictures[product.picture] ?? pictures.parcel}</div>
<div class="grow"><strong>${product.name}</strong><p class="muted small">${money(product.priceCents)} each</p></div>
<form method="post" action="/basket" class="quantity"><input type="hidden" name="product" value="${product.id}">
<button name="quantity" value="${quantity - 1}" aria-label="Decrease quantity of ${product.name}">−</button><span class="number" aria-label="Quantity ${quantity}">${quantity}</span>
<button name="quantity" value="${quantity + 1}" ${quantity >= quantityLimit ? raw("disabled") : ""} aria-label="Increase quantity of ${product.name}">+</button></form>
<strong class="sum">${money(quantity * product.priceCents)}</strong></li>`;
  }

  function checkout({ token, problem, typed, totalCents }) {
    return html`<form class="card stack" method="post" action="/orders"><header><h2>Your order</h2></header>
<input type="hidden" name="token" value="${token}">
${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
<div><label for="customer">Delivery name</label><input id="customer" name="customer" required maxlength="60" autocomplete="name" value="${typed.customer}"></div>
<div class="row between"><span class="muted">Total</span><strong class="total">${money(totalCents)}</strong></div>
<button class="main wide" data-needs-ready>Place order</button></form>`;
  }

  return {
    products({ products, basket, servedBy }) {
      const content = html`<section class="hero"><div><h1>${config.slogan}</h1><p>${products.length} products from our own workshop, shipped the same day.</p></div></section>
<ul class="products">${products.map((product) => productCard(product, basket.get(product.id) ?? 0))}</ul>`;
      return frame({ path: "/", title: "Products", pieces: countPieces(basket), servedBy, content });
    },

    basket({ lines, basket, token, problem, typed, servedBy }) {
      const totalCents = lines.reduce((sum, line) => sum + line.quantity * line.product.priceCents, 0);
      const filled = html`<div class="columns"><section class="card"><ul class="list lines">${lines.map(basketLine)}</ul></section>
${checkout({ token, problem, typed, totalCents })}</div>`;
      const empty = html`<div class="card empty"><strong>Your cart is empty</strong><a href="/">View products</a></div>`;
      const content = html`<section class="hero"><h1>Cart</h1></section>${lines.length > 0 ? filled : empty}`;
      return frame({ path: "/basket", title: "Cart", pieces: countPieces(basket), servedBy, content });
    },

    orders({ orders, figures, placed, pieces, servedBy }) {
      const content = html`<section class="hero"><h1>Orders</h1></section>
${placed && html`<p class="notice good" role="status">Order ${placed.id} placed. Thank you, ${placed.customer}.</p>`}
<div class="figures"><div class="card figure">Orders<b>${figures.orders}</b></div><div class="card figure">Revenue<b>${money(figures.totalCents)}</b></div></div>
${orders.length > 0 ? ordersTable(orders, money) : html`<div class="card empty"><strong>No orders yet</strong><a href="/">View products</a></div>`}`;
      return frame({ path: "/orders", title: "Orders", pieces, servedBy, content });
    },

    error: (problem) =>
      frame({ title: problem.message, ready: problem.status !== 503, content: errorContent(problem) }),
  };
}

function stockLabel(stock) {
  if (stock === 0) return html`<span class="status bad">Sold out</span>`;
  if (stock <= 5) return html`<span class="status warning">${stock} left</span>`;
  return html`<span class="status good">${stock} in stock</span>`;
}

function ordersTable(orders, money) {
  const rows = orders.map(
    (order) => html`<tr><td class="number">${order.id}</td><td>${order.customer}</td>
<td class="muted">${order.lines.map(({ name, quantity }) => `${quantity} × ${name}`).join(", ")}</td>
<td class="nowrap">${timeAgo(order.createdAt)}</td><td class="right">${money(order.totalCents)}</td></tr>`,
  );
  return html`<section class="card scroll" tabindex="0" aria-label="Newest orders"><table class="table"><thead><tr><th>Order</th><th>Customer</th><th>Items</th><th>Placed</th><th class="right">Total</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}
