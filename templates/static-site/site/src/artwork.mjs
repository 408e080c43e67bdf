const columns = 6;
const cell = 80;
const shapes = [
  (x, y) => `<circle cx="${x + 40}" cy="${y + 40}" r="40"/>`,
  (x, y) => `<path d="M${x} ${y}h80a80 80 0 0 1-80 80Z"/>`,
  (x, y) => `<path d="M${x + 80} ${y + 80}h-80a80 80 0 0 1 80-80Z"/>`,
  (x, y) => `<path d="M${x} ${y + 80}a40 40 0 0 1 80 0Z"/>`,
  (x, y) => `<rect x="${x}" y="${y}" width="80" height="80"/>`,
  (x, y) => `<circle cx="${x + 40}" cy="${y + 40}" r="14"/>`,
];

/** FNV-1a, then a xorshift: the same words always draw the same picture. */
function createRandom(text) {
  let state = 2_166_136_261;
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0), 16_777_619) >>> 0;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}

/** A quiet composition of quarter circles in tones of the accent color, made from the headline. */
export function artwork(text) {
  const random = createRandom(text);
  let drawn = "";
  for (let index = 0; index < columns * columns; index += 1) {
    const shape = shapes[random(shapes.length)];
    const tone = random(4);
    if (random(10) < 2) continue;
    const markup = shape((index % columns) * cell, Math.floor(index / columns) * cell);
    drawn += markup.replace(/^<(\w+)/, `<$1 class="t${tone}"`);
  }
  const side = columns * cell;
  return `<svg viewBox="0 0 ${side} ${side}" aria-hidden="true">${drawn}</svg>`;
}
