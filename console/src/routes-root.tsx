import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext } from '@tanstack/react-router';
import { brandQuery } from './api/queries.ts';
import { NowherePage } from './ui/page-states.tsx';
import { RootLayout } from './ui/root-layout.tsx';

/** What the maps of pages have in common. */

export interface Door {
  /** Where to go on to, a path of this site. */
  back?: string;
  expired?: boolean;
}

export function door(search: Record<string, unknown>): Door {
  return {
    ...(typeof search.back === 'string' && localPath(search.back) ? { back: search.back } : {}),
    ...(search.expired === true ? { expired: true } : {}),
  };
}

/** Only a path of this site: "//host" and "/\host" would lead elsewhere. */
function localPath(path: string): boolean {
  return /^\/(?![/\\])/.test(path);
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

export function tabOf(search: Record<string, unknown>): { tab?: string } {
  const tab = text(search.tab);
  return tab ? { tab } : {};
}

export const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  beforeLoad: async ({ context }) => {
    await context.queryClient.ensureQueryData(brandQuery);
  },
  component: RootLayout,
  notFoundComponent: NowherePage,
});
