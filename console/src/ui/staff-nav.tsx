import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { brandQuery } from '../api/queries.ts';
import { mayIn, type StaffSession } from '../api/team.ts';
import { useTexts } from '../i18n/texts.ts';
import { PLACE_GROUPS, type Place } from './staff-places.ts';

/**
 * Where somebody of the staff can go, in groups that fold away; a few letters of a name leave only what has them.
 * `onGone`: somebody went to a place.
 */
export function StaffNav({ session, onGone }: { session: StaffSession; onGone: () => void }) {
  const { t } = useTexts();
  const navigate = useNavigate();
  const moved = useSuspenseQuery(brandQuery).data.moved_clock !== null;
  const [wanted, setWanted] = useState('');
  const [folded, setFolded] = useState<readonly string[]>([]);
  const field = useRef<HTMLInputElement>(null);
  useShortcut(() => field.current?.focus());
  const list = useRef<HTMLElement>(null);
  const path = useLocation({ select: ({ pathname }) => pathname });
  // The column may be longer than the window: where somebody is stays in sight.
  useEffect(() => {
    if (path) list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [path]);
  const letters = wanted.trim().toLowerCase();
  const shown = ([path, area, name]: Place) =>
    (area === null || mayIn(session, area)) &&
    (path !== '/staff/world' || moved) &&
    t(name).toLowerCase().includes(letters);
  const groups = PLACE_GROUPS.map(({ name, places }) => ({
    name,
    places: (places as readonly Place[]).filter(shown),
  })).filter(({ places }) => places.length > 0);
  const first = groups[0]?.places[0];
  const isOpen = (name: string) => letters !== '' || !folded.includes(name);
  const gone = () => {
    setWanted('');
    onGone();
  };
  const keys = async ({ key, nativeEvent }: KeyboardEvent) => {
    if (key === 'Escape') setWanted('');
    if (key !== 'Enter' || nativeEvent.isComposing || !letters || !first) return;
    gone();
    field.current?.blur();
    await navigate({ to: first[0] });
  };
  return (
    <nav ref={list} aria-label={t('nav.main')} className="back-nav">
      <input
        ref={field}
        type="search"
        value={wanted}
        onChange={({ target }) => setWanted(target.value)}
        onKeyDown={keys}
        aria-label={t('places.find')}
        placeholder={t('places.find')}
        title="Ctrl K"
        aria-keyshortcuts="Control+K"
        autoComplete="off"
        maxLength={40}
      />
      {groups.map(({ name, places }) => (
        <section key={name} aria-label={t(name)}>
          <button
            type="button"
            aria-expanded={isOpen(name)}
            onClick={() =>
              setFolded(folded.includes(name) ? folded.filter((each) => each !== name) : [...folded, name])
            }
          >
            {t(name)}
          </button>
          <ul hidden={!isOpen(name)}>
            {places.map(([to, , label]) => (
              <li key={to}>
                <Link
                  to={to}
                  activeOptions={{ exact: to === '/staff', includeSearch: false }}
                  activeProps={{ 'aria-current': 'page' }}
                  onClick={gone}
                >
                  {t(label)}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {groups.length === 0 ? <p role="status">{t('places.none')}</p> : null}
    </nav>
  );
}

/** Ctrl+K, or ⌘K. */
function useShortcut(act: () => void): void {
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [act]);
}
