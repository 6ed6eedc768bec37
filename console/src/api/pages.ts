import { infiniteQueryOptions } from '@tanstack/react-query';

interface Page<T> {
  items: T[];
  /** What to go on before; null at the end. */
  next: string | null;
}

/** A list that is read in pages of at most 100, newest first. */
export function pages<T>(key: string[], read: (query: { before?: string }) => Promise<Page<T>>) {
  return infiniteQueryOptions({
    queryKey: [...key, 'pages'],
    queryFn: ({ pageParam }) => read(pageParam === null ? {} : { before: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<T>) => page.next,
  });
}
