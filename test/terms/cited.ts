/** Members of a parameter that name clauses. */
export const CITES = /^clause$|_clause$|^reasons$/;

/** The clauses that an object of a brand's terms names itself. */
export function citedBy(value: object): string[] {
  return Object.entries(value)
    .filter(([key]) => CITES.test(key))
    .flatMap(([, cited]) => [cited].flat() as string[]);
}

/** The same, and those that anything inside of it names. */
export function citedWithin(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...citedBy(value), ...Object.values(value).flatMap(citedWithin)];
}
