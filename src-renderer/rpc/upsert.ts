/** The list with the value in its place, by id. */
export function upsert<T>(list: readonly T[], value: T, idOf: (item: T) => string): readonly T[] {
  const id = idOf(value);
  const isListed = list.some((item) => idOf(item) === id);
  if (isListed) return list.map((item) => (idOf(item) === id ? value : item));
  return [...list, value].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}
