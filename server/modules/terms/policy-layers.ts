import type { LocalizedText } from '#kernel/text.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import type { Parameters } from '#modules/figures/index.ts';
import type { TermsVersion } from './terms-read.ts';

/** How the parts of an agreement are laid over each other: no I/O. */

/** From the strongest to the weakest; a brand's `precedence` names those that it knows, in its order. */
export type Layer = 'attachment' | 'service-contract' | 'order-page' | 'agreement';

/** What brands without `precedence` know: what an order showed holds for what was ordered. */
const PLAIN: readonly Layer[] = ['order-page', 'agreement'];

/** What is said to one customer, for one service or (`serviceId` null) for all. */
export interface LayerRow {
  id: string;
  layer: Exclude<Layer, 'agreement'>;
  customerId: string;
  serviceId: string | null;
  /** The paper by which it is cited, and the SHA-256 of its file. */
  number: string;
  sha256: string;
  title: LocalizedText;
  parameters: Partial<Parameters>;
  clauses: readonly { id: string; text: string }[];
  fromAt: Date;
  toAt: Date | null;
  endedAt: Date | null;
}

export interface ParameterSource {
  layer: Layer;
  clause: ClauseRef;
}

export interface Resolved {
  readonly parameters: Parameters;
  /** The row that a figure comes from; null: the agreement itself. */
  rowOf(parameter: keyof Parameters): LayerRow | null;
  sourceOf(parameter: keyof Parameters): ParameterSource;
}

/** The layers that this agreement lets stand over itself, strongest first. */
export function layersOf({ document }: TermsVersion): readonly Layer[] {
  return document.parameters.precedence?.order ?? PLAIN;
}

export function holds(row: LayerRow, at: Date): boolean {
  return (
    row.fromAt <= at && (row.toAt === null || row.toAt > at) && (row.endedAt === null || row.endedAt > at)
  );
}

/**
 * The figures of an agreement with those of the layers that hold laid over it. A stronger layer goes first; within one,
 * what was said of this service before what was said of all, and the newer word before the older. A figure comes
 * whole from one place: its clause says all of it.
 */
export function resolve(version: TermsVersion, rows: readonly LayerRow[]): Resolved {
  const order = layersOf(version);
  const weight = order.indexOf('agreement') < 0 ? order.length : order.indexOf('agreement');
  const over = rows
    .filter(({ layer }) => order.includes(layer) && order.indexOf(layer) < weight)
    .sort(
      (a, b) =>
        order.indexOf(a.layer) - order.indexOf(b.layer) ||
        Number(a.serviceId === null) - Number(b.serviceId === null) ||
        (a.id < b.id ? 1 : -1),
    );
  const from = new Map<string, LayerRow>();
  const parameters = { ...version.document.parameters };
  for (const row of over.toReversed()) {
    Object.assign(parameters, row.parameters);
    for (const name of Object.keys(row.parameters)) from.set(name, row);
  }
  const rowOf = (parameter: keyof Parameters) => from.get(parameter) ?? null;
  return {
    parameters,
    rowOf,
    sourceOf(parameter) {
      const found = parameters[parameter];
      if (!found) throw new RangeError(`terms ${version.brand} ${version.version} have no ${parameter}`);
      const row = rowOf(parameter);
      const paper = row ? { version: row.number, sha256: row.sha256 } : version;
      const clause = {
        brand: version.brand,
        version: paper.version,
        sha256: paper.sha256,
        clause: found.clause,
      };
      return { layer: row?.layer ?? 'agreement', clause: clause as ClauseRef };
    },
  };
}
