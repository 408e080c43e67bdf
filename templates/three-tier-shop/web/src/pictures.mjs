import { raw } from "../../../_kit/html.mjs";

const draw = (shapes) => raw(`<svg viewBox="0 0 160 120" aria-hidden="true">${shapes}</svg>`);

/** Our own drawings: d, m and s are the deep, middle and soft tone of a picture, ld and lm lines in them. */
export const pictures = {
  lamp: draw(
    '<ellipse class="s" cx="100" cy="104" rx="46" ry="8"/><rect class="d" x="34" y="98" width="44" height="8" rx="4"/><path class="ld" d="M56 98 42 56l48-34"/><circle class="d" cx="42" cy="56" r="6"/><path class="m" d="M84 12 116 30a4 4 0 0 1 1 6l-7 11a4 4 0 0 1-6 1L72 31Z"/><path class="s" d="m80 38 24 14-8 46-36-2Z" opacity=".55"/>',
  ),
  mug: draw(
    '<path class="lm" d="M62 18q-6-7 0-14M80 18q-6-7 0-14"/><path class="ld" d="M102 46h10a16 16 0 0 1 0 32h-10"/><path class="m" d="M40 32h64v58a16 16 0 0 1-16 16H56a16 16 0 0 1-16-16Z"/><path class="d" d="M40 32h64v12H40Z"/><path class="s" d="M50 54h8v34a4 4 0 0 1-8 0Z"/>',
  ),
  notebook: draw(
    '<rect class="s" x="50" y="18" width="72" height="92" rx="6"/><rect class="m" x="42" y="12" width="72" height="94" rx="6"/><rect class="d" x="42" y="12" width="14" height="94" rx="5"/><rect class="s" x="68" y="30" width="34" height="20" rx="3"/><path class="ld" d="M98 100v14"/>',
  ),
  plant: draw(
    '<path class="d" d="M78 70C40 64 38 34 44 20c22 6 34 24 34 50Z"/><path class="m" d="M82 70c36-4 42-30 38-50-24 4-38 22-38 50Z"/><path class="s" d="M80 68C68 40 74 18 82 8c12 16 10 40-2 60Z"/><path class="d" d="M52 68h56l-7 36a6 6 0 0 1-6 5H65a6 6 0 0 1-6-5Z"/><rect class="m" x="48" y="64" width="64" height="13" rx="4"/>',
  ),
  headphones: draw(
    '<path class="ld" d="M40 76V62a40 40 0 0 1 80 0v14"/><rect class="m" x="30" y="66" width="26" height="42" rx="11"/><rect class="m" x="104" y="66" width="26" height="42" rx="11"/><rect class="d" x="46" y="70" width="10" height="34" rx="5"/><rect class="d" x="104" y="70" width="10" height="34" rx="5"/>',
  ),
  clock: draw(
    '<circle class="m" cx="80" cy="60" r="52"/><circle class="s" cx="80" cy="60" r="42"/><path class="ld" d="M80 60V32M80 60l18 12"/><circle class="d" cx="80" cy="60" r="6"/><path class="lm" d="M80 22v3M118 60h-3M80 98v-3M42 60h3"/>',
  ),
  backpack: draw(
    '<path class="ld" d="M66 20a14 14 0 0 1 28 0"/><path class="m" d="M46 50a34 30 0 0 1 68 0v50a10 10 0 0 1-10 10H56a10 10 0 0 1-10-10Z"/><path class="d" d="M46 46a34 28 0 0 1 68 0v8H46Z"/><rect class="s" x="58" y="70" width="44" height="30" rx="6"/><path class="ld" d="M68 80h24"/>',
  ),
  stool: draw(
    '<path class="ld" d="M58 44 44 108M102 44l14 64M80 44v60M52 82h56"/><ellipse class="m" cx="80" cy="38" rx="46" ry="13"/><ellipse class="s" cx="80" cy="34" rx="46" ry="12"/>',
  ),
  parcel: draw(
    '<path class="m" d="m80 14 50 22v50l-50 22-50-22V36Z"/><path class="s" d="m80 14 50 22-50 22-50-22Z"/><path class="ld" d="M80 58v50"/>',
  ),
};
