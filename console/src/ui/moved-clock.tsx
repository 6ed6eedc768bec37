import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { brandQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import './moved-clock.css';
import { aheadMs } from './now.ts';
import { When } from './time.tsx';

const JUMP_MS = 30_000;

/** Says, over every page of a world whose clock is moved, that it is one and what its clock shows. */
export function MovedClock() {
  const { t } = useTexts();
  const queryClient = useQueryClient();
  const moved = useQuery({
    ...brandQuery,
    refetchInterval: ({ state }) => {
      const clock = state.data?.moved_clock;
      return clock ? (clock.going ? 500 : 3_000) : false;
    },
  }).data?.moved_clock;
  const known = useRef<number | null>(null);
  const now = moved?.now;
  useEffect(() => {
    if (!now) return;
    const ahead = aheadMs();
    const jumped = known.current !== null && Math.abs(ahead - known.current) > JUMP_MS;
    known.current = ahead;
    // Whatever fell due meanwhile is on the pages at once.
    if (jumped) void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'brand' });
  }, [now, queryClient]);
  if (!moved) return null;
  return (
    <p className="moved-clock" role="note" data-testid="moved-clock">
      <strong>{t('world.banner')}</strong>
      <span>
        {t(moved.going ? 'world.bannerGoing' : 'world.bannerNow')} <When at={moved.now} />
      </span>
      <span className="moved-clock-note">{t('world.nothingReal')}</span>
    </p>
  );
}
