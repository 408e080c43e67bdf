/** Templates of a chosen shape, made of components that cost a cloud nothing. */
const none = { container: { image: "x" } };

export function independent(count: number): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, none]));
}

export function chain(count: number): Record<string, unknown> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `c${index}`,
      index === 0 ? none : { ...none, requires: [`c${index - 1}`] },
    ]),
  );
}

/** Every component of a layer needs every one of the layer above. */
export function layers(depth: number, width: number): Record<string, unknown> {
  const components: Record<string, unknown> = {};
  for (let layer = 0; layer < depth; layer += 1) {
    const above = layer === 0 ? [] : Array.from({ length: width }, (_, index) => `l${layer - 1}-${index}`);
    for (let index = 0; index < width; index += 1) {
      components[`l${layer}-${index}`] = above.length === 0 ? none : { ...none, requires: above };
    }
  }
  return components;
}
