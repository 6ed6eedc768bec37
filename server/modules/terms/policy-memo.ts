import type { Db, Tx } from '#kernel/db.ts';
import type { Signals } from '#kernel/signals.ts';
import type { LayerRow } from './policy-layers.ts';
import type { TermsVersion } from './terms-read.ts';

/** What is known of one subject: the version that holds for its acceptance, and all layers that were ever over it. */
export interface Known {
  version: TermsVersion;
  layers: readonly LayerRow[];
}

const MAX = 100_000;

/**
 * What this process has read of subjects. It is forgotten whole when the database says that terms have changed, and
 * not used at all while this process can't hear it; what was asked before such a word and answered after it isn't
 * kept. Only reads outside transactions use it: an act reads what stands in its own transaction.
 */
export class PolicyMemo {
  readonly #known = new Map<string, Known>();
  readonly #signals: Signals;
  /** The connection by which it was heard what was read meanwhile. */
  #heard = 0;
  /** Changes whenever all is forgotten. */
  #age = 0;

  constructor(signals: Signals) {
    this.#signals = signals;
    signals.listen('terms', () => this.#forget());
  }

  get(key: string): Known | undefined {
    return this.#hears() ? this.#known.get(key) : undefined;
  }

  /** Called before one reads; what it returns keeps the answer, unless a word came in between. */
  reading(): (key: string, known: Known) => void {
    if (!this.#hears()) return () => undefined;
    const age = this.#age;
    return (key, known) => {
      if (!this.#hears() || this.#age !== age) return;
      if (this.#known.size >= MAX) this.#known.clear();
      this.#known.set(key, known);
    };
  }

  /** A connection that was made anew may have missed a word: all is forgotten. */
  #hears(): boolean {
    const { hears } = this.#signals;
    if (hears !== this.#heard) {
      this.#heard = hears;
      this.#forget();
    }
    return hears > 0;
  }

  #forget(): void {
    this.#known.clear();
    this.#age++;
  }
}

const memos = new WeakMap<Db, PolicyMemo>();

/** From here on, reads by this pool may be remembered. */
export function policyMemo(db: Db, signals: Signals): void {
  memos.set(db, new PolicyMemo(signals));
}

export function memoOf(db: Db | Tx): PolicyMemo | undefined {
  return memos.get(db as Db);
}
