import type { Case, Measure } from '../api/cases.ts';
import { useTexts } from '../i18n/texts.ts';
import { Toned } from './state.tsx';

const CASES = { open: 'busy', breach: 'bad', 'no-breach': 'good' } as const;

export function CaseStateTag({ state }: { state: Case['state'] }) {
  const { t } = useTexts();
  return <Toned tone={CASES[state]}>{t(`caseState.${state}`)}</Toned>;
}

const MEASURES = {
  asked: 'busy',
  refused: 'none',
  standing: 'warn',
  reversed: 'good',
  final: 'bad',
} as const;

export function MeasureStateTag({ state }: { state: Measure['state'] }) {
  const { t } = useTexts();
  return <Toned tone={MEASURES[state]}>{t(`measureState.${state}`)}</Toned>;
}
