export const shopStyle = `
.products { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 16px; }
.product { display: flex; flex-direction: column; gap: 6px; padding: 10px 14px 14px; }
.product .row { flex-wrap: nowrap; }
.product h2 { font-size: 14px; }
.product form { margin-top: auto; padding-top: 8px; }
.product button { min-height: 32px; padding: 4px 12px; font-size: 12px; }
.picture { border-radius: 8px; display: grid; place-items: center; aspect-ratio: 4 / 3; margin: 0 -4px 6px; background: light-dark(oklch(0.95 0.03 var(--hue)), oklch(0.29 0.04 var(--hue))); --deep: light-dark(oklch(0.48 0.1 var(--hue)), oklch(0.74 0.1 var(--hue))); --mid: light-dark(oklch(0.72 0.1 var(--hue)), oklch(0.56 0.1 var(--hue))); --soft: light-dark(oklch(0.88 0.06 var(--hue)), oklch(0.4 0.07 var(--hue))); --hue: 250; }
.picture svg { width: 62%; height: auto; }
.lamp { --hue: 80; } .mug { --hue: 235; } .notebook { --hue: 20; } .plant { --hue: 150; }
.headphones { --hue: 290; } .clock { --hue: 200; } .backpack { --hue: 55; } .stool { --hue: 350; }
.d { fill: var(--deep); } .m { fill: var(--mid); } .s { fill: var(--soft); }
.ld { fill: none; stroke: var(--deep); stroke-width: 6; stroke-linecap: round; stroke-linejoin: round; }
.lm { fill: none; stroke: var(--mid); stroke-width: 6; stroke-linecap: round; }
.thumb { width: 56px; margin: 0; flex: none; }
.lines > li { align-items: center; }
.quantity { display: flex; align-items: center; gap: 8px; }
.quantity button { min-height: 32px; width: 32px; padding: 0; justify-content: center; }
.quantity span { min-width: 18px; text-align: center; }
.sum { min-width: 76px; text-align: right; }
.total { font-size: 20px; letter-spacing: -0.02em; }
.wide { justify-content: center; }
.nowrap { white-space: nowrap; }
.pieces { background: var(--accent); color: var(--on-accent); border-radius: 999px; font-size: 11px; padding: 1px 7px; margin-left: 2px; }
@media (max-width: 980px) { .products { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; } }
@media (max-width: 560px) {
  .product { padding: 8px 10px 12px; }
  .product .row.between { flex-wrap: wrap; gap: 4px 8px; }
  .product form { gap: 8px; }
  .product button { width: 100%; justify-content: center; }
  .lines > li { flex-wrap: wrap; }
  .lines .sum { flex: 1; }
}
`;
