import type { Instance, ServiceState } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';

type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'none';

const SERVICE_TONES: Record<ServiceState, Tone> = {
  preparing: 'busy',
  active: 'good',
  suspended: 'warn',
  ended: 'warn',
  deleted: 'none',
  failed: 'bad',
};

export function Toned({ tone, children }: { tone: Tone; children: string }) {
  return <span className={`state state-${tone}`}>{children}</span>;
}

export function ServiceStateTag({ state }: { state: ServiceState }) {
  const { t } = useTexts();
  return <Toned tone={SERVICE_TONES[state]}>{t(`state.${state}`)}</Toned>;
}

/** What an active machine is doing: what was seen, or what it is on its way to. */
export function PowerTag({ instance }: { instance: Pick<Instance, 'power' | 'wanted_power'> }) {
  const { t } = useTexts();
  const { power, wanted_power: wanted } = instance;
  if (power !== null && power === wanted) {
    return <Toned tone={power === 'running' ? 'good' : 'none'}>{t(`state.${power}`)}</Toned>;
  }
  return <Toned tone="busy">{t(wanted === 'running' ? 'state.starting' : 'state.stopping')}</Toned>;
}
